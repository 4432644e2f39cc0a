import Testing

@testable import Events

/// A value of a call, what the decoder must say of it, and why.
struct BadValue: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var error: RecordError
}

@Suite("Checking values")
struct ValueTests {
    static let bad = [
        BadValue(
            testDescription: "an integer of 4 bytes",
            bytes: RecordBytes.value(0, type: 1, [1, 0, 0, 0]),
            error: .badPayload(type: 1, status: 0, size: 4)),
        BadValue(
            testDescription: "a cut integer",
            bytes: RecordBytes.value(0, type: 1, status: 3, bytes(UInt64(1))),
            error: .badPayload(type: 1, status: 3, size: 8)),
        BadValue(
            testDescription: "an array without a count",
            bytes: RecordBytes.value(0, type: 43, []),
            error: .badPayload(type: 43, status: 0, size: 0)),
        BadValue(
            testDescription: "an array of more than its payload",
            bytes: RecordBytes.value(0, type: 43, [2, 0, 0, 0, 1, 0, 0, 0]),
            error: .badPayload(type: 43, status: 0, size: 8)),
        BadValue(
            testDescription: "an array of 257",
            bytes: RecordBytes.value(
                0, type: 43, [1, 1, 0, 0] + [UInt8](repeating: 0, count: 1028)),
            error: .badPayload(type: 43, status: 0, size: 1032)),
        BadValue(
            testDescription: "a string of 4097",
            bytes: RecordBytes.value(0, type: 6, [UInt8](repeating: 65, count: 4097)),
            error: .badPayload(type: 6, status: 0, size: 4097)),
        BadValue(
            testDescription: "a payload behind NULL",
            bytes: RecordBytes.value(0, type: 6, status: 1, [65]),
            error: .badPayload(type: 6, status: 1, size: 1)),
        BadValue(
            testDescription: "a sixth argument", bytes: RecordBytes.value(5, type: 6, [65]),
            error: .unknownPosition(5)),
        BadValue(
            testDescription: "position 254", bytes: RecordBytes.value(254, type: 6, [65]),
            error: .unknownPosition(254)),
        BadValue(
            testDescription: "a type from the future",
            bytes: RecordBytes.value(0, type: 99, [65]), error: .unknownType(99)),
        BadValue(
            testDescription: "no type", bytes: RecordBytes.value(0, type: 0, [65]),
            error: .unknownType(0)),
        BadValue(
            testDescription: "a status from the future",
            bytes: RecordBytes.value(0, type: 6, status: 5, [65]), error: .unknownStatus(5)),
        BadValue(
            testDescription: "a room that is no multiple of 8",
            bytes: RecordBytes.value(0, type: 6, room: 12, [65]),
            error: .badRoom(size: 1, room: 12)),
        BadValue(
            testDescription: "a room smaller than the payload",
            bytes: RecordBytes.value(0, type: 6, room: 0, [65]),
            error: .badRoom(size: 1, room: 0)),
    ]

    @Test("a value that cannot be is refused", arguments: bad)
    func refused(value: BadValue) {
        #expect(throws: value.error) {
            try Record(RecordBytes.call(tgid: 1, values: [value.bytes]))
        }
    }

    @Test("a room that runs over the end is refused, however large")
    func hugeRoom() {
        for room: UInt32 in [16, 0x7FFF_FFF8, 0xFFFF_FFF8] {
            var value = RecordBytes.value(0, type: 1, bytes(UInt64(1)))
            value.replaceSubrange(8..<12, with: bytes(room))
            #expect(throws: RecordError.truncated(needed: Int(room), at: 48, available: 56)) {
                try Record(RecordBytes.call(tgid: 1, values: [value]))
            }
        }
    }

    @Test("a position is taken once")
    func repeated() {
        let value = RecordBytes.value(2, type: 1, bytes(UInt64(1)))
        #expect(throws: RecordError.repeatedPosition(2)) {
            try Record(RecordBytes.call(tgid: 1, values: [value, value]))
        }
    }

    @Test("an empty value may keep the room of a full one")
    func emptyRoom() throws {
        let values = [
            RecordBytes.value(0, type: 43, status: 4, room: 16, []),
            RecordBytes.value(1, type: 1, bytes(UInt64(9))),
        ]
        let record = RecordBytes.call(tgid: 1, values: values)
        let call = try CallRecord(decoding: record.span.bytes)
        #expect(call.argument(0)?.status == .notWritten)
        #expect(call.argument(1)?.payload == 80..<88)
    }

    @Test("a text outside of an exec's record is refused", arguments: [0, 255, 289, 0xFFFF_FFFF])
    func textOutside(offset: UInt32) {
        var record = execRecord
        record.replaceSubrange(184..<188, with: bytes(offset))
        #expect(throws: RecordError.textOutOfBounds(offset: offset, length: 2)) {
            try Record(record)
        }
    }

    @Test("another version and another kind are named")
    func versionAndKind() {
        var record = exitRecord
        record[2] = 9
        #expect(throws: RecordError.unknownKind(9)) { try Record(record) }
        record[0] = 1
        #expect(throws: RecordError.unsupportedVersion(1)) { try Record(record) }
    }
}
