/// The fields of /proc/PID/stat that the process table uses.
struct ProcStat: Equatable {
    /// The kernel's short name of the process, `comm`.
    let name: [UInt8]
    /// R, S, D, Z, ...: proc(5).
    let state: UInt8
    let parent: UInt32
    let threads: UInt64
    let flags: UInt64
    /// Clock ticks since boot.
    let startTicks: UInt64

    /// Whether nothing of it runs any more: the first thread may end before the others.
    var hasEnded: Bool {
        (state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")) && threads <= 1
    }

    /// Reads `pid (name) state ppid ...`; the name may hold anything, ") " and newlines too.
    init?(_ text: [UInt8]?) {
        guard let text, let open = text.firstIndex(of: UInt8(ascii: "(")),
            let close = text.lastIndex(of: UInt8(ascii: ")")), open < close
        else { return nil }
        let fields = text[(close + 1)...].split(whereSeparator: { $0 == 0x20 || $0 == 0x0A })
        // proc(5) counts from 1, and the first field here is its third.
        guard fields.count > 19, let parent = parse(fields[1]), let flags = parse(fields[6]),
            let threads = parse(fields[17]), let startTicks = parse(fields[19])
        else { return nil }
        name = Array(text[(open + 1)..<close])
        state = fields[0].first ?? 0
        self.threads = threads
        self.parent = UInt32(truncatingIfNeeded: parent)
        self.flags = flags
        self.startTicks = startTicks
    }
}

/// A decimal number at the beginning of some text.
func parse(_ text: ArraySlice<UInt8>) -> UInt64? {
    let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty, digits.count < 20 else { return nil }
    return digits.reduce(0) { $0 &* 10 &+ UInt64($1 - UInt8(ascii: "0")) }
}
