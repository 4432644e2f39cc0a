/// What becomes of a request's body while it arrives: a pure state machine.
struct BodyCollector: Sendable {
    /// What a piece of body led to.
    enum Outcome: Equatable {
        /// It was taken, or dropped where the request is refused already.
        case taken
        /// The body is longer than `limit`: what was collected is gone, and a refusal is due.
        case overflowed(limit: Int)
        /// The peer goes on sending what it was not allowed to: cut it off.
        case intolerable
    }

    private enum Phase {
        case collecting(limit: Int)
        case discarding(left: Int)
    }

    private var phase: Phase
    /// What is collected so far.
    private(set) var bytes: [UInt8] = []
    private let discardLimit: Int

    /// Collects at most `limit` bytes; nil refuses the body from the start.
    init(limit: Int?, discardLimit: Int) {
        self.phase = limit.map { .collecting(limit: $0) } ?? .discarding(left: discardLimit)
        self.discardLimit = discardLimit
    }

    mutating func receive(_ piece: UnsafeRawBufferPointer) -> Outcome {
        switch phase {
        case .collecting(let limit) where bytes.count + piece.count <= limit:
            unsafe bytes.append(contentsOf: piece)
            return .taken
        case .collecting(let limit):
            bytes = []
            phase = .discarding(left: discardLimit - piece.count)
            return .overflowed(limit: limit)
        case .discarding(let left):
            phase = .discarding(left: left - piece.count)
            return left < piece.count ? .intolerable : .taken
        }
    }
}
