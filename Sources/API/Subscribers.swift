import HTTP
import Synchronization

/// Who is subscribed, and how many may be.
public final class Subscribers: Sendable {
    /// How many streams may be open at a time.
    public struct Limits: Sendable {
        /// All together.
        public var total: Int
        /// From one address.
        public var perAddress: Int

        /// Names every limit.
        public init(total: Int = 2000, perAddress: Int = 1500) {
            self.total = total
            self.perAddress = perAddress
        }
    }

    private struct State {
        var byAddress: [String: Int] = [:]
        var count = 0
        var refused: UInt64 = 0
    }

    private let limits: Limits
    private let state = Mutex(State())

    /// Nobody yet.
    init(limits: Limits) { self.limits = limits }

    /// Open streams.
    var count: Int { state.withLock { $0.count } }

    /// Streams that were refused since the start.
    var refused: UInt64 { state.withLock { $0.refused } }

    /// Lets a subscriber from this address in, or says which limit it met.
    func admit(from address: String) throws(Problem) -> Seat {
        let limit = state.withLock { state -> String? in
            let others = state.byAddress[address] ?? 0
            let limit: String? =
                if state.count >= limits.total {
                    "\(limits.total) streams are open, which is all that are allowed"
                } else if others >= limits.perAddress {
                    "\(limits.perAddress) streams are open from \(address), which is all that are "
                        + "allowed from one address"
                } else {
                    nil
                }
            guard limit == nil else {
                state.refused += 1
                return limit
            }
            state.count += 1
            state.byAddress[address] = others + 1
            return nil
        }
        if let limit { throw .tooManySubscribers(limit) }
        return Seat(self, address)
    }

    private func leave(_ address: String) {
        state.withLock { state in
            state.count -= 1
            let others = (state.byAddress[address] ?? 1) - 1
            state.byAddress[address] = others > 0 ? others : nil
        }
    }

    /// A subscriber's place, for as long as somebody holds it.
    final class Seat: Sendable {
        private let subscribers: Subscribers
        private let address: String

        fileprivate init(_ subscribers: Subscribers, _ address: String) {
            self.subscribers = subscribers
            self.address = address
        }

        deinit { subscribers.leave(address) }
    }
}
