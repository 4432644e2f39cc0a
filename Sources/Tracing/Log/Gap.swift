public import Events

/// Events that a subscriber does not get.
public struct Gap: Sendable, Equatable {
    /// Why.
    public enum Reason: Sendable, Hashable, CaseIterable {
        /// Newer events replaced them before they were read.
        case evicted
        /// The id that was asked for belongs to another run of the service.
        case restart
        /// The id is none that this run has given.
        case unknownID
        /// They were lost on the way to the log, for all.
        case lost(StageCounters.Stage)

        /// Every reason that there is to tell.
        public static let allCases =
            [.evicted, .restart, .unknownID]
            + StageCounters.Stage.allCases.filter { !$0.missing.isEmpty }.map(Reason.lost)

        /// The reason's name on the stream; of a loss, that of the stage.
        public var name: String {
            switch self {
            case .evicted: "evicted"
            case .restart: "restart"
            case .unknownID: "unknown_id"
            case .lost(let stage): stage.rawValue
            }
        }

        /// The kinds of events that may be missing; nil where it may be any.
        var missing: [FrameKind]? {
            if case .lost(let stage) = self { stage.missing } else { nil }
        }
    }

    /// Why they are missing.
    public var reason: Reason
    /// How many; nil where nobody knows.
    public var lost: UInt64?
    /// The id that the client asked to go on after.
    public var requested: String?
    /// The oldest event that there is to go on with; nil where the log has lost nothing.
    public var oldest: EventID?

    /// Describes a gap; what is left out is not known, or does not matter.
    public init(
        reason: Reason, lost: UInt64?, requested: String? = nil, oldest: EventID? = nil
    ) {
        self.reason = reason
        self.lost = lost
        self.requested = requested
        self.oldest = oldest
    }
}

extension JSONWriter {
    /// Appends the line of a gap that was noticed at `time`, without its end.
    public mutating func append(_ gap: Gap, at time: UInt64) {
        append("{\"gap\":{\"reason\":")
        append(quoted: gap.reason.name)
        append(",\"lost\":")
        if let lost = gap.lost { append(count: lost) } else { append("null") }
        if let missing = gap.reason.missing {
            append(",\"types\":[")
            for (index, kind) in missing.enumerated() {
                if index > 0 { append(",") }
                append(quoted: kind.rawValue)
            }
            append("]")
        }
        if let requested = gap.requested {
            append(",\"requested\":")
            append(quoted: requested)
        }
        if let oldest = gap.oldest {
            append(",\"oldest\":")
            append(quoted: oldest.description)
        }
        append("},\"time\":")
        append(quotedTime: time)
        append("}")
    }
}
