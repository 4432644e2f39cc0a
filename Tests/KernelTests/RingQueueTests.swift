import Testing

@testable import Kernel

/// A ring of 64 bytes, whose kernel is the test.
private final class FakeRing {
    private let positions = UnsafeMutablePointer<UInt>.allocate(capacity: 2)
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)

    private var queue: RingQueue

    /// Both positions begin at `position`.
    init(at position: UInt = 0) {
        positions.initialize(repeating: position, count: 2)
        memory.initializeMemory(as: UInt8.self, repeating: 0xee)
        queue = RingQueue(
            consumed: positions, produced: UnsafePointer(positions + 1),
            memory: UnsafeRawBufferPointer(memory))
    }

    deinit {
        positions.deallocate()
        memory.deallocate()
    }

    var consumed: UInt { positions[0] }

    enum State: UInt32 {
        case complete = 0
        case discarded = 0x4000_0000
        case busy = 0x8000_0000
    }

    /// Puts a record as the kernel does, and returns its position.
    @discardableResult
    func put(_ payload: [UInt8], _ state: State = .complete) -> UInt {
        let position = positions[1]
        set(state, UInt32(payload.count), at: position)
        for (index, byte) in payload.enumerated() {
            memory[Int(position + 8 + UInt(index)) % 64] = byte
        }
        positions[1] = position + UInt(8 + (payload.count + 7) / 8 * 8)
        return position
    }

    /// Writes a record's header.
    func set(_ state: State, _ length: UInt32, at position: UInt) {
        memory.storeBytes(
            of: length | state.rawValue, toByteOffset: Int(position % 64), as: UInt32.self)
    }

    /// Takes records and returns them, with what became of the ring.
    func taken(atMost limit: Int = 100) -> ([[UInt8]], RingReader.Consumption) {
        var records: [[UInt8]] = []
        let consumption = queue.take(atMost: limit) { record in
            records.append(record.withUnsafeBytes { Array($0) })
        }
        return (records, consumption)
    }
}

@Suite("The records of a ring")
struct RingQueueTests {
    @Test("an empty ring has nothing")
    func empty() {
        let ring = FakeRing(at: 8)
        let (records, consumption) = ring.taken()
        #expect(records.isEmpty)
        #expect(consumption == .nothing)
        #expect(ring.consumed == 8)
    }

    @Test("records come in order with their exact lengths, and their room is given back")
    func inOrder() {
        let ring = FakeRing()
        ring.put([1, 2, 3])
        ring.put([])
        ring.put([4, 5, 6, 7, 8, 9, 10, 11])
        let (records, consumption) = ring.taken()
        #expect(records == [[1, 2, 3], [], [4, 5, 6, 7, 8, 9, 10, 11]])
        #expect(consumption == .all)
        #expect(ring.consumed == 16 + 8 + 16)
        #expect(ring.taken().1 == .nothing)
    }

    @Test("a record is whole wherever it meets the end of the memory", arguments: 0..<8)
    func seam(word: UInt) {
        let ring = FakeRing(at: 64 * 7 + word * 8)
        for round in UInt8(0)..<20 {
            let payload = (0..<19).map { round &+ $0 }
            ring.put(payload)
            #expect(ring.taken().0 == [payload])
        }
    }

    @Test("a record that is being written holds up those behind it until it is complete")
    func busy() {
        let ring = FakeRing()
        ring.put([1])
        let written = ring.put([2, 2], .busy)
        ring.put([3])
        #expect(ring.taken().0 == [[1]])
        #expect(ring.taken().1 == .nothing)
        #expect(ring.consumed == written)
        ring.set(.complete, 2, at: written)
        #expect(ring.taken().0 == [[2, 2], [3]])
    }

    @Test("a record that was discarded is passed over")
    func discarded() {
        let ring = FakeRing()
        ring.put([1, 1, 1], .discarded)
        let (none, nothing) = ring.taken()
        #expect(none.isEmpty)
        #expect(nothing == .nothing)
        #expect(ring.consumed == 16)
        ring.put([2], .discarded)
        ring.put([3])
        #expect(ring.taken().0 == [[3]])
    }

    @Test("no more are taken than were asked for, and the next look has the rest")
    func limited() {
        let ring = FakeRing()
        for number in UInt8(1)...3 { ring.put([number]) }
        let (first, some) = ring.taken(atMost: 2)
        #expect(first == [[1], [2]])
        #expect(some == .some)
        #expect(ring.consumed == 32)
        let (rest, all) = ring.taken(atMost: 2)
        #expect(rest == [[3]])
        #expect(all == .all)
    }
}
