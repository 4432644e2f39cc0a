extension SplitMix {
    /// A record that is almost right.
    mutating func record() -> [UInt8] {
        var record = validRecord()
        if chance(40) { record = damage(record, words: Self.numbers) }
        // A record of the wrong size is refused before anything else is looked at.
        if record.count >= 24, chance(90) {
            record.replaceSubrange(4..<8, with: bytes(UInt32(record.count)))
        }
        return record
    }

    private static let numbers: [[UInt8]] = [
        bytes(UInt32.max), bytes(UInt64.max), bytes(UInt64(0)), bytes(UInt32(1)),
        bytes(UInt16.max), bytes(UInt32(0x7FFF_FFFF)), bytes(UInt32(4096)), bytes(UInt32(256)),
    ]

    private mutating func validRecord() -> [UInt8] {
        let (pid, time) = (self.pid(), number(UInt64.self))
        switch Int.random(in: 0..<8, using: &self) {
        case 0: return RecordBytes.exit(pid, time: time, code: number(UInt32.self))
        case 1, 2:
            return RecordBytes.fork(
                pid, child: self.pid(), parent: self.pid(), time: time, uid: number(UInt32.self),
                inner: self.pid(), level: UInt32.random(in: 0...2, using: &self),
                cgroup: UInt64.random(in: 0...3, using: &self))
        case 3, 4, 5:
            var exec = RecordBytes.exec(
                pid, parent: self.pid(), time: time, start: number(UInt64.self), file: text(),
                executable: texts(), arguments: texts(), directory: texts(), cgroup: texts(),
                environment: texts(), uid: number(UInt32.self), inner: self.pid(),
                level: UInt32.random(in: 0...2, using: &self), links: number(UInt32.self),
                flags: number(UInt32.self), missing: [.arguments: number(UInt32.self) / 2])
            // Some as the iterator lists them.
            if chance(30) { exec[2] = 5 }
            return exec
        default:
            return RecordBytes.call(
                hook: UInt32.random(in: 6...9, using: &self),
                target: UInt16.random(in: 0...2, using: &self),
                selector: UInt8.random(in: 0...2, using: &self),
                enforcement: UInt8.random(in: 0...4, using: &self), time: time, tgid: pid,
                tid: self.pid(), values: values())
        }
    }

    /// Few, so that records are about each other.
    private mutating func pid() -> UInt32 {
        chance(95) ? UInt32.random(in: 0...9, using: &self) : number(UInt32.self)
    }

    private mutating func values() -> [[UInt8]] {
        let positions: [UInt8] = [0, 1, 2, 3, 4, 255].filter { _ in chance(40) }
        return positions.map { position in
            let type = one(of: [1, 4, 6, 10, 11, 12, 13, 29, 30, 31, 32, 43] as [UInt8])
            let status = chance(70) ? 0 : UInt8.random(in: 0...5, using: &self)
            return RecordBytes.value(
                position, type: type, status: status, length: number(UInt32.self),
                status == 0 || status == 3 || chance(5) ? payload(of: type) : [])
        }
    }

    private mutating func payload(of type: UInt8) -> [UInt8] {
        switch type {
        case 6: return bytes(text())
        case 43:
            let count = one(of: [0, 1, 2, 256, 257])
            return bytes(UInt32(count)) + (0..<count).flatMap { _ in bytes(number(Int32.self)) }
        default: return bytes(number(UInt64.self))
        }
    }

    private mutating func texts() -> [String] {
        (0..<Int.random(in: 0...3, using: &self)).map { _ in text() }
    }

    private mutating func text() -> String { one(of: Self.texts) }

    private static let texts = [
        "", "/bin/sh", "a", "\"", "\\", "\n\t\u{1}", "é", "\u{2028}", "PATH=/bin", "pass=word",
        "../..", "/", "user.slice", "docker-\(String(repeating: "b", count: 64)).scope",
        String(repeating: "x", count: 5000), "\u{FFFD}", "a b", "😀",
    ]
}
