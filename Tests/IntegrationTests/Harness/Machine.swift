import Foundation
import Glibc
import Testing

/// The machine that the tests run on.
enum Machine {
    /// How many times as long as usual everything takes; an emulated machine says so, in
    /// Tests/VM/init.
    static let slowness =
        ProcessInfo.processInfo.environment["MARTLET_SLOWNESS"].flatMap { Int($0) } ?? 1

    /// A number of repetitions that takes about as long as `usual` does on a usual machine.
    static func repetitions(_ usual: Int) -> Int { max(1, usual / slowness) }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where an emulated processor would take minutes, and its kernel is not what
    /// the test is about.
    static func requiresSpeed(_ reason: Comment) -> Self {
        .disabled(if: Machine.slowness > 1, "too slow on an emulated machine: \(reason)")
    }
}

/// The ways to attach that a kernel offers, as people who run it know them.
///
/// Not asked of the service: it must find the same.
enum AttachMethods {
    /// Those that serve any kernel function, the best first.
    static let ofFunctions: [String] = {
        let release = kernelRelease()
        if release.hasPrefix("6.1.") { return ["fentry", "kprobe"] }
        if release.hasPrefix("6.12.") { return ["fentry", "kprobe.multi", "kprobe"] }
        // What any other kernel says of kprobes is plain; the rest is left to those above.
        return access("/sys/bus/event_source/devices/kprobe", F_OK) == 0 ? ["kprobe"] : []
    }()

    /// Those that serve system calls, in no order.
    static let ofSystemCalls = ["tracepoint"] + ofFunctions

    private static func kernelRelease() -> String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        return text ?? ""
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where no kernel function can be hooked.
    static var requiresFunctionHooks: Self {
        .enabled("needs a kernel with kprobes or BPF trampolines: make test-vm has one") {
            !AttachMethods.ofFunctions.isEmpty
        }
    }
}
