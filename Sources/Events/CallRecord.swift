import CWire

/// A hooked function was called, or a tracepoint passed.
///
/// Holds where its values stand, not the values: whoever writes them has the
/// record's bytes at hand anyway.
public struct CallRecord: Sendable {
    /// How many arguments a call can report.
    public static let argumentCount = 5

    /// When, and in which thread.
    public let header: RecordHeader
    /// The hook that the program was loaded with.
    public let hook: UInt32
    /// Which of the hook's targets was called.
    public let target: Int
    /// Which of the hook's selectors took the call.
    public let selector: Int
    /// What became of that one's signals; nil where it has none.
    public let enforcement: Enforcement?
    /// By position in the policy's argument list; the return value comes last.
    private var values = [6 of CallValue?](repeating: nil)

    /// Checks the whole record; every value lies inside it and fits its type.
    public init(decoding record: RawSpan) throws(RecordError) {
        header = try RecordHeader(decoding: record, expecting: WIRE_KIND_CALL)
        let wire = try record.read(wire_call.self, at: 0)
        hook = wire.hook
        target = Int(wire.target)
        selector = Int(wire.selector)
        enforcement = try Enforcement.decode(wire.enforcement)
        var offset = MemoryLayout<wire_call>.size
        while offset < record.byteCount { try decodeValue(in: record, at: &offset) }
    }

    /// The argument at a position of the policy's list.
    public func argument(_ position: Int) -> CallValue? { values[position] }

    /// The return value.
    public var result: CallValue? { values[Self.argumentCount] }

    private mutating func decodeValue(
        in record: RawSpan, at offset: inout Int
    ) throws(RecordError) {
        let wire = try record.read(wire_value.self, at: offset)
        let isResult = Int32(wire.position) == WIRE_POSITION_RETURN
        let slot = isResult ? Self.argumentCount : Int(wire.position)
        guard isResult || slot < Self.argumentCount else { throw .unknownPosition(wire.position) }
        guard values[slot] == nil else { throw .repeatedPosition(wire.position) }

        let start = offset + MemoryLayout<wire_value>.size
        let (size, room) = (Int(wire.size), Int(wire.room))
        guard room <= record.byteCount - start else {
            throw .truncated(needed: room, at: start, available: record.byteCount)
        }
        guard size <= room, room % 8 == 0 else {
            throw .badRoom(size: wire.size, room: wire.room)
        }
        let payload = start..<start + size
        let value = CallValue(
            type: try ValueType(wire: wire.type), status: try ValueStatus(wire: wire.status),
            payload: payload, length: wire.length)
        let fits =
            switch value.status {
            case .whole: value.type.accepts(record.extracting(payload), cut: false)
            case .truncated: value.type.accepts(record.extracting(payload), cut: true)
            case .null, .fault, .notWritten: size == 0
            }
        guard fits else {
            throw .badPayload(type: wire.type, status: wire.status, size: wire.size)
        }
        values[slot] = value
        offset = start + room
    }
}
