/// The lines of /proc/PID/status that the process table uses.
struct ProcStatus {
    var credentials = Credentials()
    /// The process's numbers, from the pid namespace of the reader to its own.
    var numbers: [UInt32] = []

    /// Reads `Name:\tvalue` lines; what is missing stays at its default.
    init(_ text: [UInt8]) {
        var rest = text[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end])
            rest = rest[(end + 1)...]
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) {
        // Of some sixty lines seven matter.
        switch line.first {
        case UInt8(ascii: "U"):
            guard let ids = values(of: "Uid:", in: line), ids.count == 4 else { return }
            (credentials.uid, credentials.euid) = (ids[0], ids[1])
            (credentials.suid, credentials.fsuid) = (ids[2], ids[3])
        case UInt8(ascii: "G"):
            guard let ids = values(of: "Gid:", in: line), ids.count == 4 else { return }
            (credentials.gid, credentials.egid) = (ids[0], ids[1])
            (credentials.sgid, credentials.fsgid) = (ids[2], ids[3])
        case UInt8(ascii: "N"):
            if let numbers = values(of: "NSpid:", in: line) { self.numbers = numbers }
        case UInt8(ascii: "C"):
            if let bits = bits(of: "CapInh:", in: line) { credentials.inheritable = bits }
            if let bits = bits(of: "CapPrm:", in: line) { credentials.permitted = bits }
            if let bits = bits(of: "CapEff:", in: line) { credentials.effective = bits }
        default: return
        }
    }

    /// Decimal numbers, each after a tab.
    private func values(of name: String, in line: ArraySlice<UInt8>) -> [UInt32]? {
        guard line.starts(with: name.utf8) else { return nil }
        return line.split(separator: UInt8(ascii: "\t")).dropFirst()
            .map { UInt32(truncatingIfNeeded: parse($0) ?? 0) }
    }

    /// A hexadecimal number after a tab.
    private func bits(of name: String, in line: ArraySlice<UInt8>) -> UInt64? {
        guard line.starts(with: name.utf8) else { return nil }
        return UInt64(
            String(decoding: line.dropFirst(name.utf8.count + 1), as: UTF8.self), radix: 16)
    }
}
