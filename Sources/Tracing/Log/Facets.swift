import Events

/// What filters look at in an event, so that no line is parsed for them.
public struct Facets: Sendable, Equatable {
    // The largest first: there are as many of these as there are events in the log.

    /// When it happened, in nanoseconds since 1970.
    public var time: UInt64
    /// Where the process's binary stands in the line, escaped and without quotes.
    public var binary: Piece
    /// Where the function, or the tracepoint's event, stands.
    public var function: Piece
    /// The policy's id; 0 where no policy asked for the event.
    public var policy: UInt32
    /// The process; 0 where there is none.
    public var pid: UInt32
    /// The process's number in its own pid namespace; 0 where there is no process.
    public var namespacePID: UInt32
    /// The event's kind.
    public var kind: FrameKind
    /// The stage that has lost what a gap tells of.
    public var stage: StageCounters.Stage?

    /// A part of the line, in bytes; empty where the event has no such part.
    public struct Piece: Sendable, Equatable {
        var offset: UInt32
        var length: UInt32

        /// The part of the line that `range` is.
        public init(_ range: Range<Int>) {
            offset = UInt32(range.lowerBound)
            length = UInt32(range.count)
        }

        /// Where it stands in the line.
        var range: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
    }

    /// Describes an event; what is left out it does not have.
    public init(
        kind: FrameKind, policy: UInt32 = 0, pid: UInt32 = 0, namespacePID: UInt32 = 0,
        time: UInt64 = 0, binary: Range<Int> = 0..<0, function: Range<Int> = 0..<0,
        stage: StageCounters.Stage? = nil
    ) {
        self.kind = kind
        self.policy = policy
        self.pid = pid
        self.namespacePID = namespacePID
        self.time = time
        self.binary = Piece(binary)
        self.function = Piece(function)
        self.stage = stage
    }

    init(_ event: EventMetadata) {
        self.init(
            kind: FrameKind(event.kind), policy: event.policy, pid: event.pid,
            namespacePID: event.namespacePID, time: event.time, binary: event.binary,
            function: event.function)
    }
}
