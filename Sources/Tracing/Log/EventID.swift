/// The name of one event on the stream: `<boot>-<sequence>`.
///
/// A sequence alone would lie after a restart, so it is scoped by the run.
public struct EventID: Sendable, Hashable, CustomStringConvertible {
    /// The run of the service that the event belongs to.
    public var boot: String
    /// Counts the events of a run from 1; 0 is before the first.
    public var sequence: UInt64

    /// Names an event.
    public init(boot: String, sequence: UInt64) {
        self.boot = boot
        self.sequence = sequence
    }

    /// Reads what ``description`` writes; nil where the text is no such id.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard
            parts.count == 2, (1...16).contains(parts[0].utf8.count),
            parts[0].allSatisfy({ $0.isASCII && $0.isHexDigit }),
            // One spelling each: no sign and no leading zero.
            let sequence = UInt64(parts[1]), "\(sequence)" == parts[1]
        else { return nil }
        self.init(boot: String(parts[0]), sequence: sequence)
    }

    /// The id as the stream writes it.
    public var description: String { "\(boot)-\(sequence)" }
}
