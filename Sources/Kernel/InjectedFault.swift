import Glibc
import Synchronization

/// Makes one call into the kernel fail, so that a test sees what is left of what came before it.
///
/// Bound to a task: what other tests do at the same time goes on.
package final class InjectedFault: Sendable {
    /// The one of this task; nil in production.
    @TaskLocal package static var current: InjectedFault?

    private let callsLeft: Mutex<Int>

    /// Lets this many calls pass, and fails the next one.
    package init(after calls: Int) { callsLeft = Mutex(calls) }

    /// Whether the call was reached that fails.
    package var hasStruck: Bool { callsLeft.withLock { $0 < 0 } }

    /// What a call into the kernel returns; for the one that shall fail `-ENOMEM`, and errno says
    /// the same.
    package static func outcome(of call: @autoclosure () -> CInt) -> CInt {
        guard strikes() else { return call() }
        errno = ENOMEM
        return -ENOMEM
    }

    /// Counts a call; true for the one that shall fail.
    static func strikes() -> Bool {
        guard let fault = current else { return false }
        return fault.callsLeft.withLock {
            $0 -= 1
            return $0 == -1
        }
    }
}
