import Dispatch
import Synchronization
import Tracing

/// Beats every 15 seconds, and has every stream look up.
///
/// Streams say what beat they last wrote, so one timer serves them all. It is
/// also how a subscriber that vanished is found: only a write tells.
final class Heartbeat: Sendable {
    private let count = Atomic<UInt64>(0)
    // Sendable: nobody touches it between init and deinit.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// Starts beating; `interval` is in seconds.
    init(log: EventLog, interval: Int = 15) {
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "martlet.heartbeat"))
        timer.schedule(
            deadline: .now() + .seconds(interval), repeating: .seconds(interval),
            leeway: .milliseconds(100))
        timer.setEventHandler { [weak self] in
            self?.count.wrappingAdd(1, ordering: .relaxed)
            log.notify()
        }
        timer.resume()
    }

    /// How often it has beaten.
    var beats: UInt64 { count.load(ordering: .relaxed) }

    deinit { timer.cancel() }
}
