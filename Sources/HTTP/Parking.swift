import Synchronization

/// Where the connection of a streamed body waits while its source has nothing.
///
/// Parking and waking share one lock, so that no wake-up falls between "there is nothing" and
/// "the connection is suspended", and only a suspended connection is resumed.
final class Parking: Sendable {
    private enum Phase {
        /// In the event loop. `woken` since the last read began.
        case reading(woken: Bool)
        /// Suspended.
        case parked
        /// The response is gone, and the connection is not ours any more.
        case ended
    }

    private struct State {
        var phase = Phase.reading(woken: false)
        var shutdown = Shutdown.none
    }

    private let connection: Connection
    private let state = Mutex(State())

    init(_ connection: Connection) { self.connection = connection }

    /// Forgets earlier wake-ups: the read that follows sees what they were about.
    ///
    /// False when the
    /// body has to end instead.
    func beginRead() -> Bool {
        state.withLock { state in
            state.phase = .reading(woken: false)
            return state.shutdown < .immediate
        }
    }

    /// Suspends the connection until the next wake-up.
    ///
    /// False when the body has to end instead.
    func park() -> Bool {
        state.withLock { state in
            guard state.shutdown == .none else { return false }
            connection.suspend()
            if case .reading(woken: true) = state.phase {
                // Reading again right here would starve the thread's other connections where
                // wake-ups come faster than the source can say that they are not for it.
                state.phase = .reading(woken: false)
                connection.resume()
            } else {
                state.phase = .parked
            }
            return true
        }
    }

    func wake() {
        state.withLock { wake(&$0) }
    }

    func shutDown(_ shutdown: Shutdown) {
        state.withLock { state in
            state.shutdown = max(state.shutdown, shutdown)
            wake(&state)
        }
    }

    func end() {
        state.withLock { $0.phase = .ended }
    }

    private func wake(_ state: inout State) {
        switch state.phase {
        case .reading: state.phase = .reading(woken: true)
        case .parked:
            state.phase = .reading(woken: true)
            connection.resume()
        case .ended: break
        }
    }
}
