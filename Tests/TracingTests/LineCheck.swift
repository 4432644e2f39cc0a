import Tracing

/// Lines that say what they are: `<sequence> <size> xxx…`.
enum Line {
    /// Appends one; the writer is alone, so that it knows the sequence.
    static func append(to log: EventLog, size: Int) {
        let line = Array(text(of: log.newest.sequence + 1, size: size).utf8)
        log.append(line.span.bytes, Facets(kind: .processKprobe, policy: 1, pid: 1))
    }

    static func text(of sequence: UInt64, size: Int) -> String {
        "\(sequence) \(size) " + String(repeating: "x", count: size)
    }
}

/// The model: lines in order, with nothing missing but what gaps say.
struct LineCheck {
    let hasHeads: Bool
    /// The sequence that comes next.
    private(set) var expected: UInt64 = 1
    private(set) var seen: UInt64 = 0
    private(set) var missed: UInt64 = 0
    /// The first thing that was wrong.
    var fault: String?
    private var pending: [UInt8] = []

    init(hasHeads: Bool) { self.hasHeads = hasHeads }

    mutating func gap(_ count: UInt64, oldest: UInt64) {
        if !pending.isEmpty { fault = fault ?? "a gap within event \(expected)" }
        if count == 0 || oldest != expected + count {
            fault = fault ?? "a gap of \(count) to \(oldest) before \(expected)"
        }
        missed += count
        expected = oldest
    }

    mutating func take(_ bytes: [UInt8]) {
        pending += bytes
        let end: [UInt8] = hasHeads ? [0x0A, 0x0A] : [0x0A]
        var start = 0
        while let range = firstRange(of: end, from: start) {
            event(String(decoding: pending[start..<range.lowerBound], as: UTF8.self))
            start = range.upperBound
        }
        pending.removeFirst(start)
    }

    private func firstRange(of end: [UInt8], from start: Int) -> Range<Int>? {
        guard let index = pending[start...].firstIndex(of: 0x0A) else { return nil }
        guard end.count == 2 else { return index..<index + 1 }
        var first = index
        while first + 1 < pending.count {
            if pending[first + 1] == 0x0A { return first..<first + 2 }
            guard let next = pending[(first + 1)...].firstIndex(of: 0x0A) else { return nil }
            first = next
        }
        return nil
    }

    private mutating func event(_ text: String) {
        var line = text[...]
        if hasHeads {
            let head = "id: a-\(expected)\nevent: process_kprobe\ndata: "
            guard line.hasPrefix(head) else {
                fault = fault ?? "instead of event \(expected): \(line.prefix(80))"
                return
            }
            line = line.dropFirst(head.count)
        }
        let size = line.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) }
        if line != Line.text(of: expected, size: max(size ?? 0, 0))[...] {
            fault = fault ?? "instead of line \(expected): \(line.prefix(80))"
        }
        expected += 1
        seen += 1
    }
}
