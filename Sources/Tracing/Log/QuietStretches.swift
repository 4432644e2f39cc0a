/// The latest stretches of the log that hold nothing for a filter.
///
/// One is not enough: a reader that was asleep for long is woken by what ends a stretch, and looks
/// when the next may have ended, too.
struct QuietStretches {
    /// In order, with something between them; never none.
    private var stretches: [Range<UInt64>]

    private static let most = 32

    /// Begins with an empty stretch.
    init(at sequence: UInt64) { stretches = [sequence..<sequence] }

    /// Nothing more came until `end`.
    mutating func extend(to end: UInt64) {
        stretches[stretches.count - 1] = stretches[stretches.count - 1].lowerBound..<end
    }

    /// Something came, and the next stretch begins at `end`.
    mutating func interrupt(until end: UInt64) {
        if stretches[stretches.count - 1].isEmpty { stretches.removeLast() }
        stretches.append(end..<end)
        if stretches.count > Self.most { stretches.removeFirst() }
    }

    /// Behind the stretch that `sequence` is in, or just `sequence`.
    func end(from sequence: UInt64) -> UInt64 {
        stretches.last { $0.contains(sequence) }?.upperBound ?? sequence
    }
}
