import Policy

/// A policy that is in the kernel: the version that reports, and what is left of the one before.
struct Installation {
    var sensor: Sensor
    /// What its author may want to know.
    var warnings: [Diagnostic]
    /// Whether it reports.
    var isEnabled = true
    /// The version before, while calls that it saw to enter are under way.
    var leaving: Leaving?
    /// Hooks of versions that are gone whose programs are attached, and may finish a call.
    var keptHooks: [Sensor.NumberedHook] = []

    /// A version that was replaced.
    struct Leaving {
        let sensor: Sensor
        /// When it goes at the latest.
        let deadline: ContinuousClock.Instant
    }

    /// How long a replaced version waits for the calls that it saw to enter.
    private static let grace = Duration.seconds(5)

    init(_ sensor: Sensor, warnings: [Diagnostic]) {
        self.sensor = sensor
        self.warnings = warnings
    }

    /// Has `successor` report in the place of the version that does, if that does.
    mutating func succeed(with successor: Sensor, warnings: [Diagnostic]) {
        if isEnabled { successor.activate() }
        leaving = Leaving(sensor: sensor, deadline: .now + Self.grace)
        sensor = successor
        self.warnings = warnings
    }
}
