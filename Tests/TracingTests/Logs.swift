import Events
import Tracing

extension EventLog {
    /// Appends a line of JSON.
    @discardableResult
    func append(
        _ line: String, kind: FrameKind = .processKprobe, policy: UInt32 = 1, pid: UInt32 = 1
    ) -> UInt64 {
        append(line, Facets(kind: kind, policy: policy, pid: pid))
    }

    /// Appends a line of JSON.
    @discardableResult
    func append(_ line: String, _ facets: Facets) -> UInt64 {
        let bytes = Array(line.utf8)
        return append(bytes.span.bytes, facets)
    }

    /// Appends a call of a function by a program.
    func append(
        binary: String, function: String, policy: UInt32 = 1, pid: UInt32 = 1,
        namespacePID: UInt32 = 1
    ) {
        let middle = binary.utf8.count + 1
        append(
            "\(binary) \(function)",
            Facets(
                kind: .processKprobe, policy: policy, pid: pid, namespacePID: namespacePID,
                binary: 0..<binary.utf8.count, function: middle..<middle + function.utf8.count))
    }

    /// Appends `count` lines of `size` bytes, as many as it takes to push old ones out.
    func fill(_ count: Int, size: Int, time: UInt64 = 0) {
        let line = [UInt8](repeating: 0x78, count: size)
        for _ in 0..<count {
            append(line.span.bytes, Facets(kind: .processKprobe, policy: 1, pid: 1, time: time))
        }
    }
}

extension Cursor {
    init(_ log: EventLog, form: Form = .lines, limit: UInt64 = .max) {
        self.init(next: 1, filter: EventFilter(), form: form, limit: limit)
    }

    /// One reading into a buffer of this size, with what it brought.
    mutating func read(_ log: EventLog, size: Int) -> (Reading, [UInt8]) {
        // Bytes behind what a reading reports must not be mistaken for it.
        var buffer = [UInt8](repeating: 0xAA, count: size)
        let reading = buffer.withUnsafeMutableBytes { read(log, into: $0) }
        guard case .bytes(let count) = reading else { return (reading, []) }
        return (reading, Array(buffer.prefix(count)))
    }

    /// What there is until the end, as text; nil where there is a gap.
    mutating func text(_ log: EventLog, size: Int = 4096) -> String? {
        var bytes: [UInt8] = []
        while true {
            let (reading, piece) = read(log, size: size)
            switch reading {
            case .bytes: bytes += piece
            case .gap: return nil
            case .end: return String(decoding: bytes, as: UTF8.self)
            }
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Texts as filters have them.
func texts(_ texts: String...) -> Set<EscapedText> { Set(texts.map { EscapedText($0) }) }

/// A filter with what is set in it.
func filter(_ change: (inout EventFilter) -> Void) -> EventFilter {
    var filter = EventFilter()
    change(&filter)
    return filter
}
