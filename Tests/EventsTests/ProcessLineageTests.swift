import Testing

@testable import Events

extension EventEncoder {
    /// `init` runs `sh`, which forks `child` and replaces its program, and forks `late`.
    fileprivate static func family() throws -> EventEncoder {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(1, parent: 0, time: 1, file: "/sbin/init"))
        try encoder.line(RecordBytes.fork(1, child: 10, time: 2))
        try encoder.line(RecordBytes.exec(10, parent: 1, time: 3, start: 2, file: "/bin/sh"))
        try encoder.line(RecordBytes.fork(10, child: 11, time: 4))
        try encoder.line(RecordBytes.exec(10, parent: 1, time: 5, start: 2, file: "/bin/zsh"))
        try encoder.line(RecordBytes.fork(10, child: 12, time: 6))
        try encoder.line(RecordBytes.exec(12, parent: 10, time: 7, start: 6, file: "/bin/late"))
        return encoder
    }

    fileprivate func execID(_ pid: UInt32, _ identity: UInt64) -> [UInt8] {
        processes.printer.execID(of: pid, identity: identity)
    }

    /// `pid<above`, in the order of numbers.
    fileprivate var tree: [String] {
        processes.running().sorted { $0.id.pid < $1.id.pid }
            .map { "\($0.id.pid)<\($0.parent.map { "\($0)" } ?? "")" }
    }
}

extension ProcessLineage {
    fileprivate var above: [ProcessID] { ancestors.map(\.id) }
    fileprivate var below: [UInt32] { children.map(\.id.pid).sorted() }
}

@Suite("Who is above and below a process")
struct ProcessLineageTests {
    @Test("the objects are those of the events")
    func objects() throws {
        var encoder = try EventEncoder.family()
        let line = try encoder.line(RecordBytes.call(time: 8, tgid: 12))
        let found = try #require(encoder.processes.running().first { $0.id.pid == 12 })
        #expect(found.id == ProcessID(identity: 7, pid: 12))
        #expect(found.execID == encoder.execID(12, 7))
        let object = String(decoding: found.json, as: UTF8.self)
        #expect(line?.contains("\"process\":" + object) == true)
    }

    @Test("children stay below a process that replaces its program, and are its")
    func replaced() throws {
        let encoder = try EventEncoder.family()
        #expect(encoder.tree == ["0<", "1<0", "10<1", "11<10", "12<10"])
        let shell = try #require(encoder.processes.lineage(of: 10, execID: encoder.execID(10, 5)))
        #expect(shell.isRunning)
        #expect(
            shell.above == [
                ProcessID(identity: 3, pid: 10), ProcessID(identity: 1, pid: 1),
                ProcessID(identity: 1, pid: 0),
            ])
        #expect(shell.below == [11, 12])
        let before = try #require(encoder.processes.lineage(of: 10, execID: encoder.execID(10, 3)))
        #expect(!before.isRunning)
        #expect(String(decoding: before.process.json, as: UTF8.self).contains("/bin/sh"))
        #expect(before.above.map(\.pid) == [1, 0])
        #expect(before.below == [10, 11], "what it runs now comes from it, too")
    }

    @Test("children of a process that ends stand below the next above it that runs")
    func orphaned() throws {
        var encoder = try EventEncoder.family()
        try encoder.line(RecordBytes.exit(10, time: 8))
        #expect(encoder.tree == ["0<", "1<0", "11<1", "12<1"])
        let ended = try #require(encoder.processes.lineage(of: 10, execID: encoder.execID(10, 5)))
        #expect(!ended.isRunning)
        #expect(ended.below == [11, 12])
        let first = try #require(encoder.processes.lineage(of: 1, execID: encoder.execID(1, 1)))
        #expect(first.below == [11, 12])
        let orphan = try #require(encoder.processes.lineage(of: 12, execID: encoder.execID(12, 7)))
        #expect(orphan.above.map(\.pid) == [10, 10, 1, 0])
        // The number is another's now.
        try encoder.line(RecordBytes.exec(10, parent: 1, time: 9, start: 9, file: "/bin/other"))
        #expect(encoder.tree == ["0<", "1<0", "10<1", "11<1", "12<1"])
        for (identity, below) in [(5, [11, 12]), (9, [])] as [(UInt64, [UInt32])] {
            let id = encoder.execID(10, identity)
            #expect(encoder.processes.lineage(of: 10, execID: id)?.below == below)
        }
    }

    @Test("what nobody remembers is not there")
    func forgotten() throws {
        var encoder = try EventEncoder.family()
        let id = encoder.execID(11, 4)
        #expect(encoder.processes.lineage(of: 11, execID: id) != nil)
        try encoder.line(RecordBytes.exit(11, time: 8))
        #expect(encoder.processes.lineage(of: 11, execID: id)?.isRunning == false)
        try encoder.line(RecordBytes.fork(1, child: 13, time: 10_000_000_000))
        #expect(encoder.processes.lineage(of: 11, execID: id) == nil)
        #expect(encoder.processes.lineage(of: 12, execID: id) == nil)
        #expect(encoder.processes.lineage(of: 99, execID: encoder.execID(99, 1)) == nil)
    }

    @Test("a long line of processes hangs together")
    func long() throws {
        var encoder = EventEncoder(capacity: 1_000)
        try encoder.line(RecordBytes.exec(1, parent: 0, time: 1))
        for pid in 2...500 as ClosedRange<UInt32> {
            try encoder.line(RecordBytes.fork(pid - 1, child: pid, time: UInt64(pid)))
        }
        let parents = encoder.processes.running().filter { $0.id.pid > 0 }
        #expect(parents.allSatisfy { $0.parent == $0.id.pid - 1 })
        let last = try #require(
            encoder.processes.lineage(of: 500, execID: encoder.execID(500, 500)))
        #expect(last.above.map(\.pid) == Array((372...499).reversed()))
    }

    @Test("a filter takes numbers and programs, and of a forest all come along")
    func filters() throws {
        let encoder = try EventEncoder.family()
        func taken(_ pids: Set<UInt32>?, _ binaries: Set<String>?) -> [UInt32] {
            var filter = ProcessFilter()
            filter.pids = pids
            filter.binaries = binaries.map { Set($0.map(bytes)) }
            let forest = encoder.processes.forest(filter)
            #expect(Set(forest.all.map(\.id.pid)) == [0, 1, 10, 11, 12])
            #expect(Set(encoder.processes.running(filter).map(\.id.pid)) == forest.taken)
            return forest.taken.sorted()
        }
        #expect(taken(nil, nil) == [0, 1, 10, 11, 12])
        #expect(taken([10, 12, 99], nil) == [10, 12])
        #expect(taken(nil, ["/bin/sh", "/bin/late"]) == [11, 12])
        #expect(taken([11], ["/bin/late"]) == [])
        #expect(taken(nil, ["/bin/s"]) == [])
    }
}
