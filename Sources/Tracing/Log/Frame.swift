import Events

/// The kinds of events on the stream, by their SSE names.
public enum FrameKind: String, Sendable, CaseIterable {
    case processKprobe = "process_kprobe"
    /// An event of the encoder: a tracepoint was passed.
    case processTracepoint = "process_tracepoint"
    case processExec = "process_exec"
    case processExit = "process_exit"
    /// A policy was added, deleted or failed: Martlet's own.
    case policy
    /// Events were lost on the way to the log: Martlet's own, and nothing that is asked for.
    case gap

    /// Whether it tells of the service, and not of what it traces.
    var isOwn: Bool { self == .policy || self == .gap }
    /// Whether it tells of a process's life, which no policy asks for.
    var isLife: Bool { self == .processExec || self == .processExit }

    /// Those that a subscriber may ask for; gaps it gets without.
    public static let askedFor = allCases.filter { $0 != .gap }

    init(_ kind: EventKind) {
        self =
            switch kind {
            case .processKprobe: .processKprobe
            case .processTracepoint: .processTracepoint
            case .processExec: .processExec
            case .processExit: .processExit
            }
    }

    /// From behind the id to the data, in bytes.
    var afterSequence: [UInt8] {
        switch self {
        case .processKprobe: Self.heads[0]
        case .processTracepoint: Self.heads[1]
        case .processExec: Self.heads[2]
        case .processExit: Self.heads[3]
        case .policy: Self.heads[4]
        case .gap: Self.heads[5]
        }
    }

    private static let heads = Self.allCases.map {
        Array("\nevent: \($0.rawValue)\ndata: ".utf8)
    }
}

/// One encoded event in the log, and what filters need to know of it.
///
///     id: 5f3a9c01-17\n event: process_kprobe\n data: {...}\n \n
///     |                                              |    |     |
///     offset                          offset + dataOffset  |     offset + length
///                                             the line's \n, which NDJSON takes along
struct Frame {
    var facets: Facets
    var offset: UInt32
    var length: UInt32
    var dataOffset: UInt16

    /// Whether it tells of events that are missing, and is none itself.
    var isGap: Bool { facets.kind == .gap }
    /// Where the whole SSE event stands in its segment.
    var event: Range<Int> { Int(offset)..<Int(offset + length) }
    /// Where what comes before the line stands.
    var head: Range<Int> { Int(offset)..<Int(offset) + Int(dataOffset) }
    /// Where the line of JSON with its end stands.
    var line: Range<Int> { head.upperBound..<Int(offset + length) - 1 }
    /// Where the process's binary stands.
    var binary: Range<Int> { place(facets.binary) }
    /// Where the function stands.
    var function: Range<Int> { place(facets.function) }

    private func place(_ piece: Facets.Piece) -> Range<Int> {
        let (start, range) = (head.upperBound, piece.range)
        return start + range.lowerBound..<start + range.upperBound
    }
}
