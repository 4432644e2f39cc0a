import Dispatch

/// Calls back once, after some seconds, unless it is dropped before.
final class Timeout: Sendable {
    // Sendable: nobody touches it between init and deinit.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    init(seconds: Int, _ expire: @escaping @Sendable () -> Void) {
        timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + .seconds(seconds))
        timer.setEventHandler(handler: expire)
        timer.resume()
    }

    deinit { timer.cancel() }
}
