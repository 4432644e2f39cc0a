public import Events

/// What a subscriber wants to see: all of what is named must agree, each with any of its values.
///
/// What is nil does not matter.
public struct EventFilter: Sendable, Hashable {
    /// Kinds.
    public var kinds: Set<FrameKind>?
    /// Policies by their ids.
    public var policies: Set<UInt32>?
    /// Processes.
    public var pids: Set<UInt32>?
    /// Processes by their numbers in their own pid namespaces.
    public var namespacePIDs: Set<UInt32>?
    /// Binaries of processes, by their whole paths.
    public var binaries: Set<EscapedText>?
    /// Beginnings of binaries' paths.
    public var binaryPrefixes: Set<EscapedText>?
    /// Functions, or events of tracepoints.
    public var functions: Set<EscapedText>?

    /// Takes every event.
    public init() {}

    var takesAll: Bool { self == EventFilter() }

    /// Whether the filter may take some of what is missing where this stage has lost something.
    func mayMiss(_ stage: StageCounters.Stage) -> Bool {
        stage.missing.contains { kind in
            guard kinds?.contains(kind) ?? true else { return false }
            // No policy asks for a life, and it has no function.
            return !kind.isLife
                || (policies?.contains(0) ?? true) && (functions?.contains(EscapedText("")) ?? true)
        }
    }

    /// Whether the filter takes this event, whose bytes are in the segment.
    func takes(_ frame: Frame, in segment: LogSegment) -> Bool {
        let facets = frame.facets
        if let stage = facets.stage { return mayMiss(stage) }
        return (kinds?.contains(facets.kind) ?? true)
            && (policies?.contains(facets.policy) ?? true)
            && (pids?.contains(facets.pid) ?? true)
            && (namespacePIDs?.contains(facets.namespacePID) ?? true)
            && (binaries?.contains { segment.holds($0.bytes, at: frame.binary) } ?? true)
            && (binaryPrefixes?.contains { prefix in
                frame.binary.count >= prefix.bytes.count
                    && segment.holds(
                        prefix.bytes, at: frame.binary.prefix(prefix.bytes.count))
            } ?? true)
            && (functions?.contains { segment.holds($0.bytes, at: frame.function) } ?? true)
    }
}
