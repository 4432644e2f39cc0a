import Dispatch
import Synchronization
import Tracing

/// Beats every 15 seconds, and has every stream look up.
///
/// Streams say what beat they last wrote, so one timer serves them all. It is
/// also how a subscriber that vanished is found: only a write tells.
final class Heartbeat: Sendable {
    /// One beat.
    struct Beat: Sendable {
        /// Counts the beats from 1; 0 is before the first.
        var number: UInt64
        /// What the stages had counted a moment after the beat before.
        var counters: StageCounters
    }

    private let state: Mutex<Beat>
    // Sendable: nobody touches it between init and deinit.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// Starts beating.
    ///
    /// - Parameters:
    ///   - log: the log whose readers look up.
    ///   - interval: between two beats.
    ///   - counters: asked between the beats, which wait for nobody: whoever knows may be busy.
    init(
        log: EventLog, interval: DispatchTimeInterval = .seconds(15),
        counters: @escaping @Sendable () async -> StageCounters
    ) {
        state = Mutex(Beat(number: 0, counters: StageCounters()))
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "martlet.heartbeat"))
        timer.schedule(
            deadline: .now() + interval, repeating: interval, leeway: .milliseconds(100))
        let update = { @Sendable [weak self] in
            let counters = await counters()
            self?.state.withLock { $0.counters = counters }
        }
        timer.setEventHandler { [weak self] in
            self?.state.withLock { $0.number += 1 }
            log.notifyAll()
            Task { await update() }
        }
        timer.resume()
        Task { await update() }
    }

    /// The last beat.
    var last: Beat { state.withLock { $0 } }

    deinit { timer.cancel() }
}
