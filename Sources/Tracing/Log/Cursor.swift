import Events

/// A subscriber's place in the log, and what it wants to see.
public struct Cursor: Sendable {
    /// How frames are written.
    public enum Form: Sendable {
        /// `id:`, `event:` and `data:` lines.
        case serverSentEvents
        /// One line of JSON each.
        case lines
    }

    /// What one reading brought.
    public enum Reading: Sendable, Equatable {
        /// This many bytes were written, at least 1.
        case bytes(Int)
        /// Events were overwritten before they were read; reading goes on with the oldest held.
        case gap(missed: UInt64, oldest: UInt64)
        /// Nothing more, for now.
        case end
    }

    /// The sequence of the next event to look at.
    public private(set) var next: UInt64
    /// Events that were written, wholly or in part; gaps are none.
    public private(set) var delivered: UInt64 = 0
    private let filter: EventFilter
    private let mask: FieldMask?
    private let form: Form
    private let limit: UInt64
    /// The rest of a frame that did not fit in the reader's buffer.
    private var rest: ArraySlice<UInt8> = []

    /// Starts at `next`, to deliver at most `limit` events with the fields that `mask` leaves.
    public init(
        next: UInt64, filter: EventFilter, mask: FieldMask? = nil, form: Form,
        limit: UInt64 = .max
    ) {
        self.next = next
        self.filter = filter
        self.mask = mask
        self.form = form
        self.limit = limit
    }

    /// Whether no event was written in part.
    public var isBetweenEvents: Bool { rest.isEmpty }

    /// Whether ``limit`` events were delivered, to their last byte.
    public var isDone: Bool { delivered >= limit && rest.isEmpty }

    /// Writes as many events as fit into `buffer`, which is not empty.
    public mutating func read(
        _ log: EventLog, into buffer: UnsafeMutableRawBufferPointer
    ) -> Reading {
        if !rest.isEmpty { return .bytes(unsafe copyRest(to: buffer)) }
        while delivered < limit {
            switch log.place(of: next, for: filter) {
            case .notYet:
                return .end
            case .overwritten(let oldest):
                if skipQuiet(log) { continue }
                let missed = oldest - next
                next = oldest
                log.countMissed(missed)
                return .gap(missed: missed, oldest: oldest)
            case .frames(let segment, let frames):
                let written =
                    if let mask {
                        unsafe trim(frames, of: segment, by: mask, to: buffer)
                    } else {
                        unsafe copy(frames, of: segment, to: buffer)
                    }
                if written > 0 { return .bytes(written) }
                skipQuiet(log)
            }
        }
        return .end
    }

    /// Goes on behind events that are known to hold nothing for the filter; false where there are
    /// none.
    @discardableResult
    private mutating func skipQuiet(_ log: EventLog) -> Bool {
        let place = log.awaited(from: next, for: filter)
        defer { next = place }
        return place > next
    }

    private mutating func copy(
        _ frames: [Frame], of segment: LogSegment,
        to buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        var written = 0
        var run = Run()
        let takesAll = filter.takesAll
        for frame in frames {
            guard delivered < limit else { break }
            guard takesAll || filter.takes(frame, in: segment) else {
                next += 1
                continue
            }
            let range = range(of: frame)
            guard written + run.bytes.count + range.count <= buffer.count else {
                if written + run.bytes.count == 0 {
                    next += 1
                    if !frame.isGap { delivered += 1 }
                    return unsafe copyPart(range, of: segment, to: buffer)
                }
                break
            }
            next += 1
            if !frame.isGap { delivered += 1 }
            if !run.extend(by: range) {
                written += unsafe copy(run.bytes, of: segment, to: buffer, at: written)
                run.bytes = range
            }
        }
        written += unsafe copy(run.bytes, of: segment, to: buffer, at: written)
        return written
    }

    /// Bytes that stand side by side and are copied in one piece.
    private struct Run {
        var bytes = 0..<0

        mutating func extend(by range: Range<Int>) -> Bool {
            if bytes.isEmpty {
                bytes = range
            } else if bytes.upperBound == range.lowerBound {
                bytes = bytes.lowerBound..<range.upperBound
            } else {
                return false
            }
            return true
        }
    }

    private func copy(
        _ range: Range<Int>, of segment: LogSegment, to buffer: UnsafeMutableRawBufferPointer,
        at offset: Int
    ) -> Int {
        unsafe segment.copy(range, to: UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]))
        return range.count
    }

    private func range(of frame: Frame) -> Range<Int> {
        switch form {
        case .serverSentEvents: frame.event
        case .lines: frame.line
        }
    }

    /// A frame that is larger than the buffer is copied out, and delivered bit by bit.
    private mutating func copyPart(
        _ range: Range<Int>, of segment: LogSegment, to buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        rest = segment.array(at: range)[...]
        return unsafe copyRest(to: buffer)
    }

    /// Writes events as ``copy(_:of:to:)`` does, but for the fields that the mask leaves out.
    private mutating func trim(
        _ frames: [Frame], of segment: LogSegment, by mask: FieldMask,
        to buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        var written = 0
        for frame in frames {
            guard delivered < limit else { break }
            guard filter.takes(frame, in: segment) else {
                next += 1
                continue
            }
            let event = trimmed(frame, of: segment, by: mask)
            guard written + event.count <= buffer.count || written == 0 else { break }
            next += 1
            if !frame.isGap { delivered += 1 }
            rest = event[...]
            written += unsafe copyRest(
                to: UnsafeMutableRawBufferPointer(rebasing: buffer[written...]))
            guard rest.isEmpty else { break }
        }
        return written
    }

    private func trimmed(
        _ frame: Frame, of segment: LogSegment, by mask: FieldMask
    ) -> [UInt8] {
        var json = JSONWriter(capacity: Int(frame.length))
        if form == .serverSentEvents { json.append(segment.array(at: frame.head)) }
        let line = segment.array(at: frame.line)
        // Martlet's own events have nothing to leave out.
        if frame.facets.kind.isOwn { json.append(line) } else { json.append(line, by: mask) }
        if form == .serverSentEvents { json.append("\n") }
        return json.array
    }

    private mutating func copyRest(to buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = rest.prefix(buffer.count)
        unsafe buffer.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
    }
}
