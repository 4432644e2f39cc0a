import Dispatch
import Synchronization

/// What all exchanges of one daemon share, and which of them are going on.
final class Service: Sendable {
    private struct State {
        var exchanges: [ObjectIdentifier: Exchange] = [:]
        var shutdown = Shutdown.none
    }

    let responder: any Responder
    let limits: Limits
    let onMessage: @Sendable (String) -> Void
    let watch: ConnectionWatch
    /// Exchanges that are in memory; a leak makes it grow.
    let aliveExchanges = Atomic(0)
    private let lastID = Atomic<UInt64>(0)
    private let state = Mutex(State())
    private let emptied = DispatchSemaphore(value: 0)

    init(
        responder: any Responder, limits: Limits, onMessage: @escaping @Sendable (String) -> Void
    ) throws(HTTPError) {
        self.responder = responder
        self.limits = limits
        self.onMessage = onMessage
        watch = try ConnectionWatch(reception: limits.reception)
    }

    func nextID() -> UInt64 { lastID.add(1, ordering: .relaxed).newValue }

    func add(_ exchange: Exchange) {
        state.withLock { state in
            state.exchanges[ObjectIdentifier(exchange)] = exchange
            exchange.shutDown(state.shutdown)
        }
    }

    func remove(_ exchange: Exchange) {
        state.withLock { state in
            state.exchanges[ObjectIdentifier(exchange)] = nil
            if state.exchanges.isEmpty, state.shutdown != .none { emptied.signal() }
        }
    }

    /// Tells every exchange, those that are still to come included.
    ///
    /// True where there is none.
    func shutDown(_ shutdown: Shutdown) -> Bool {
        let exchanges = state.withLock { state in
            state.shutdown = shutdown
            return Array(state.exchanges.values)
        }
        for exchange in exchanges { exchange.shutDown(shutdown) }
        return exchanges.isEmpty
    }

    /// Waits until no exchange goes on, for as long as the limits say.
    func waitUntilEmpty() {
        _ = emptied.wait(timeout: .now() + .milliseconds(limits.drainMilliseconds))
    }
}
