import Glibc

/// What keeps a test from going on: a deadline that passed, a process that ended.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A call of the C library that failed just now.
    static func call(_ name: String, _ number: CInt = errno) -> HarnessError {
        HarnessError("\(name): \(String(cString: strerror(number)))")
    }

    /// Whether it is such a failure, with this number.
    func isOf(_ number: CInt) -> Bool {
        description.hasSuffix(String(cString: strerror(number)))
    }
}

/// When to give up.
struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant

    /// Generous: two cores run every suite at once.
    static let usual = Duration.seconds(20) * Machine.slowness

    init(in duration: Duration = usual) { instant = .now + duration }

    /// For poll(2).
    var milliseconds: CInt {
        let left = ContinuousClock.now.duration(to: instant).components
        return CInt(max(0, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000))
    }
}

/// Reads a descriptor, which it owns, with deadlines.
final class Input {
    let descriptor: CInt
    private var buffer: [UInt8] = []
    /// Where in `buffer` unread bytes begin.
    private var start = 0

    init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Waits for more bytes; false at the end.
    func fill(by deadline: Deadline) throws -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&request, 1, deadline.milliseconds)
        guard ready >= 0 else { throw HarnessError.call("poll") }
        guard ready > 0 else { throw HarnessError("nothing came before the deadline") }
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        let more = try [UInt8](unsafeUninitializedCapacity: 256 * 1024) { memory, count in
            let received = read(descriptor, memory.baseAddress, memory.count)
            guard received >= 0 else { throw HarnessError.call("read") }
            count = received
        }
        buffer += more
        return !more.isEmpty
    }

    /// A line without its end; nil where the bytes ended before.
    func line(by deadline: Deadline) throws -> String? {
        while true {
            if let length = lineLength {
                return String(decoding: take(length).dropLast(), as: UTF8.self)
            }
            guard try fill(by: deadline) else { return nil }
        }
    }

    /// This many bytes.
    func bytes(_ count: Int, by deadline: Deadline) throws -> [UInt8] {
        while buffer.count - start < count {
            guard try fill(by: deadline) else { throw HarnessError("the connection was closed") }
        }
        return take(count)
    }

    /// Everything up to the end.
    func rest(by deadline: Deadline) throws -> [UInt8] {
        while try fill(by: deadline) {}
        return take(buffer.count - start)
    }

    /// The length of the next line with its end.
    private var lineLength: Int? {
        buffer.withUnsafeBytes { bytes in
            guard let unread = bytes.baseAddress.map({ $0 + start }), bytes.count > start,
                let end = memchr(unread, 10, bytes.count - start)
            else { return nil }
            return unread.distance(to: UnsafeRawPointer(end)) + 1
        }
    }

    private func take(_ count: Int) -> [UInt8] {
        defer { start += count }
        return Array(buffer[start..<start + count])
    }
}

/// Writes everything to a descriptor.
func write(_ bytes: [UInt8], to descriptor: CInt) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written > 0 else { throw HarnessError.call("write") }
        rest = rest.dropFirst(written)
    }
}
