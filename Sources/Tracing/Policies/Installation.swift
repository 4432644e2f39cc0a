import Policy

/// A policy that is in the kernel: the version that reports, and what is left of the one before.
struct Installation {
    var sensor: Sensor
    /// What its author may want to know.
    var warnings: [Diagnostic]
    /// Whether it reports.
    private(set) var isEnabled: Bool
    /// Whether it does its actions, where it has any to enforce.
    private(set) var mode: PolicyMode
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

    /// Has a sensor that reports nothing yet report, unless it is switched off.
    init(_ sensor: Sensor, warnings: [Diagnostic], mode: PolicyMode, isEnabled: Bool = true) {
        self.sensor = sensor
        self.warnings = warnings
        self.mode = sensor.set(mode)
        self.isEnabled = isEnabled
        if isEnabled { sensor.activate() }
    }

    /// Has it report, or be silent, from the next call on.
    mutating func set(enabled: Bool) {
        isEnabled = enabled
        if enabled { sensor.activate() } else { sensor.silence() }
    }

    /// Has it do its actions, or only count them, from the next call on.
    mutating func set(_ mode: PolicyMode) {
        self.mode = sensor.set(mode)
    }

    /// Has `successor` report in the place of the version that does, if that does.
    mutating func succeed(with successor: Sensor, warnings: [Diagnostic], mode: PolicyMode) {
        self.mode = successor.set(mode)
        if isEnabled { successor.activate() }
        leaving = Leaving(sensor: sensor, deadline: .now + Self.grace)
        sensor = successor
        self.warnings = warnings
    }
}
