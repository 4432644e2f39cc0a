/// The latest notices of losses, held longer than the log holds its events.
///
/// They come when there is most to tell, which is when the log overtakes subscribers. One that is
/// told by an event which nobody holds any more would not be told at all.
struct KeptNotices {
    /// The older first; each is full before the next one begins.
    private var segments: [Segment] = []

    private struct Segment {
        let bytes = LogSegment(first: 0, capacity: KeptNotices.capacity)
        var sequences: [UInt64] = []
    }

    /// Room for some 300 notices.
    private static let capacity = 64 * 1024

    /// Takes a notice that has this sequence in the log, and lets go of what is too much.
    mutating func keep(
        _ sequence: UInt64, head: Span<UInt8>, line: RawSpan, _ facets: Facets
    ) {
        let length = LogSegment.length(head: head, line: line)
        if segments.last?.bytes.takes(length) != true {
            segments.append(Segment())
            if segments.count > 2 { segments.removeFirst() }
        }
        segments[segments.count - 1].bytes.append(head: head, line: line, facets)
        segments[segments.count - 1].sequences.append(sequence)
    }

    /// A notice, and where its bytes are.
    struct Notice {
        var sequence: UInt64
        var frame: Frame
        var segment: LogSegment
    }

    /// The first of these sequences that concerns whoever has this filter.
    func first(in sequences: Range<UInt64>, for filter: EventFilter) -> Notice? {
        for segment in segments {
            for (sequence, frame) in zip(segment.sequences, segment.bytes.frames)
            where sequences.contains(sequence) && filter.takes(frame, in: segment.bytes) {
                return Notice(sequence: sequence, frame: frame, segment: segment.bytes)
            }
        }
        return nil
    }
}
