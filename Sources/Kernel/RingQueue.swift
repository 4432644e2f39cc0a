import CLibBPF

/// The records of a BPF ring buffer, taken one after the other.
///
///     +--------------+------------------+------+--------------+----
///     | length, bits | the kernel's own | data | to 8 bytes   | the next
///     +--------------+------------------+------+--------------+----
///     0              4                  8
///
/// Positions count bytes since the ring was made; what does not fit at the end of the memory goes
/// on at its beginning. libbpf has the memory mapped twice, one behind the other, so that every
/// record is in one piece. That would count as resident twice: here the record at the seam, one in
/// a round, is put together.
@safe
struct RingQueue {
    private let consumed: UnsafeMutablePointer<UInt>
    private let produced: UnsafePointer<UInt>
    private let memory: UnsafeRawBufferPointer
    private var seam: [UInt8] = []

    /// - Parameters:
    ///   - consumed: where the reader's position stands.
    ///   - produced: where the kernel's position stands.
    ///   - memory: the records; its size is a power of two.
    init(
        consumed: UnsafeMutablePointer<UInt>, produced: UnsafePointer<UInt>,
        memory: UnsafeRawBufferPointer
    ) {
        precondition(memory.count.nonzeroBitCount == 1)
        unsafe self.consumed = unsafe consumed
        unsafe self.produced = unsafe produced
        unsafe self.memory = unsafe memory
    }

    /// Delivers records until the ring is empty, the next one is not complete, or there were this
    /// many; the room of each is free when `deliver` returns.
    ///
    /// Producers may be faster than the reader, so the ring need never be empty.
    mutating func take(atMost limit: Int, _ deliver: (RawSpan) -> Void) -> RingReader.Consumption {
        var position = unsafe martlet_load_position(consumed)
        var end = position
        var count = 0
        while count < limit {
            if position == end {
                // A look at what producers write costs them: not for each record.
                end = unsafe martlet_load_position(produced)
                if position == end { return count > 0 ? .all : .nothing }
            }
            let header = header(at: position)
            if header & Self.busy != 0 { return count > 0 ? .all : .nothing }
            let length = Int(header & ~(Self.busy | Self.discarded))
            if header & Self.discarded == 0 {
                show(Self.headerSize + Int(bitPattern: position), length, to: deliver)
                count += 1
            }
            position &+= UInt((Self.headerSize + length + 7) & ~7)
            unsafe martlet_store_position(consumed, position)
        }
        return .some
    }

    private static let headerSize = Int(BPF_RINGBUF_HDR_SZ)
    private static let busy = UInt32(BPF_RINGBUF_BUSY_BIT)
    private static let discarded = UInt32(BPF_RINGBUF_DISCARD_BIT)

    private func header(at position: UInt) -> UInt32 {
        let place = unsafe Int(bitPattern: position) & (memory.count - 1)
        guard let base = unsafe memory.baseAddress else { preconditionFailure("no memory") }
        return unsafe martlet_load((base + place).assumingMemoryBound(to: UInt32.self))
    }

    private mutating func show(_ position: Int, _ length: Int, to deliver: (RawSpan) -> Void) {
        let start = unsafe position & (memory.count - 1)
        let beyond = unsafe start + length - memory.count
        if beyond <= 0 {
            unsafe deliver(UnsafeRawBufferPointer(rebasing: memory[start..<start + length]).bytes)
        } else {
            seam.removeAll(keepingCapacity: true)
            unsafe seam.append(contentsOf: memory[start...])
            unsafe seam.append(contentsOf: memory[..<beyond])
            unsafe deliver(seam.span.bytes)
        }
    }
}
