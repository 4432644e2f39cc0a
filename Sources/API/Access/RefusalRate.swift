/// How often a refusal is told: at once, and then at most every ten seconds, with what came between.
struct RefusalRate: Sendable {
    /// Between two that are told.
    static let pause = Duration.seconds(10)

    private var next: ContinuousClock.Instant?
    private var untold = 0

    /// Counts one.
    ///
    /// - Returns: how many were not told since the last one that was; nil where this is not either.
    mutating func admit(at now: ContinuousClock.Instant) -> Int? {
        if let next, now < next {
            untold += 1
            return nil
        }
        next = now + Self.pause
        defer { untold = 0 }
        return untold
    }
}
