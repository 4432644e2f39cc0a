import Foundation
import Synchronization
import Testing

@testable import Events

private func scanned(_ pid: UInt32, parent: UInt32 = 0, start: UInt64, _ name: String = "scanned")
    -> ScannedProcess
{
    ScannedProcess(
        task: ProcessTask(pid: pid, parent: parent, innerPID: pid, start: start),
        binary: bytes(name))
}

extension EventEncoder {
    /// The process object of a call that a process makes.
    fileprivate mutating func process(_ pid: UInt32, at time: UInt64 = 1000) throws -> String {
        let line = try line(RecordBytes.call(time: time, tgid: pid))
        return part(of: line, from: #""process":{"#, to: "}") ?? "none"
    }

    /// The parent object of a call that a process makes.
    fileprivate mutating func parent(_ pid: UInt32, at time: UInt64 = 1000) throws -> String {
        let line = try line(RecordBytes.call(time: time, tgid: pid))
        return part(of: line, from: #""parent":{"#, to: "}") ?? "none"
    }

    /// The binary of a call that a process makes.
    fileprivate mutating func binary(_ pid: UInt32, at time: UInt64 = 1000) throws -> String {
        part(of: try process(pid, at: time), from: #""binary":""#, to: "\"") ?? "none"
    }
}

/// A time after which an ended process is forgotten.
private let later: UInt64 = 10_000_000_000

@Suite("The process table")
struct ProcessTableTests {
    @Test("a life: fork, exec, call, exit")
    func life() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1, file: "/bin/sh", uid: 5))
        #expect(try encoder.line(RecordBytes.fork(10, child: 11, time: 2, uid: 6)) == nil)
        let forked = try encoder.process(11)
        #expect(forked.contains(#""binary":"/bin/sh""#))
        #expect(forked.contains(#""uid":6"#))
        #expect(forked.contains(#""flags":"execve rootcwd clone""#))
        let exec = try encoder.line(RecordBytes.exec(11, parent: 10, time: 3, file: "/bin/ls"))
        #expect(exec?.hasPrefix(#"{"process_exec":{"process":{"exec_id":""#) == true)
        #expect(try encoder.process(11).contains(#""flags":"execve rootcwd clone""#))
        #expect(try encoder.parent(11).contains(#""binary":"/bin/sh""#))
        let exit = try encoder.line(RecordBytes.exit(11, time: 4, code: 0x200))
        #expect(
            exit?.hasSuffix(
                #","status":2,"time":"2026-09-21T14:13:20.000000004Z"},"node_name":"node","#
                    + #""time":"2026-09-21T14:13:20.000000004Z"}"#) == true)
        #expect(encoder.processes.counters.forks == 1)
        #expect(encoder.processes.counters.execs == 2)
        #expect(encoder.processes.counters.exits == 1)
        #expect(encoder.processes.counters.entries == 3)
    }

    @Test("a process that is killed names the signal")
    func killed() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1))
        let exit = try encoder.line(RecordBytes.exit(10, time: 4, code: 0x80 | 11))
        #expect(part(of: exit, from: #""signal":"#, to: #","time""#) == #""SIGSEGV""#)
        #expect(exit?.contains("status") == false)
    }

    @Test("an exit that comes twice is said once")
    func exitTwice() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1))
        #expect(try encoder.line(RecordBytes.exit(10, time: 4)) != nil)
        #expect(try encoder.line(RecordBytes.exit(10, time: 4)) == nil)
        #expect(encoder.processes.counters.exits == 1)
    }

    @Test("what a process does while it ends is still its own, and nobody's later")
    func afterExit() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1, file: "/bin/a"))
        try encoder.line(RecordBytes.exit(10, time: 4))
        #expect(try encoder.binary(10, at: 5) == "/bin/a")
        #expect(try encoder.process(10, at: later) == #""pid":10,"flags":"unknown","tid":10"#)
    }

    @Test("ended processes leave the table")
    func expiry() throws {
        var encoder = EventEncoder()
        for pid: UInt32 in 10..<60 {
            try encoder.line(RecordBytes.exec(pid, parent: 0, time: 1))
            try encoder.line(RecordBytes.exit(pid, time: 4))
        }
        #expect(encoder.processes.counters.entries == 51)
        try encoder.line(RecordBytes.exec(9, parent: 0, time: later))
        #expect(encoder.processes.counters.entries == 2)
        #expect(encoder.processes.counters.evictions == 0)
    }

    @Test("an orphan keeps the parent that it had, even when that is forgotten")
    func orphan() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1, file: "/bin/parent"))
        try encoder.line(RecordBytes.fork(10, child: 11, time: 2))
        try encoder.line(RecordBytes.exit(10, time: 3))
        try encoder.line(RecordBytes.exec(12, parent: 0, time: later))
        #expect(encoder.processes.entry(10) == nil)
        #expect(try encoder.parent(11).contains(#""binary":"/bin/parent""#))
    }

    @Test("an orphan that execs has its new parent")
    func reparented() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(1, parent: 0, time: 1, file: "/sbin/init"))
        try encoder.line(RecordBytes.exec(10, parent: 1, time: 1))
        try encoder.line(RecordBytes.fork(10, child: 11, time: 2))
        try encoder.line(RecordBytes.exit(10, time: 3))
        try encoder.line(RecordBytes.exec(11, parent: 1, time: 4))
        #expect(try encoder.parent(11).contains(#""binary":"/sbin/init""#))
    }

    @Test("a child of CLONE_PARENT runs the caller's program under the caller's parent")
    func cloneParent() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1, file: "/bin/outer"))
        try encoder.line(RecordBytes.exec(11, parent: 10, time: 1, file: "/bin/inner"))
        try encoder.line(RecordBytes.fork(11, child: 12, parent: 10, time: 2))
        #expect(try encoder.binary(12) == "/bin/inner")
        #expect(try encoder.parent(12).contains(#""binary":"/bin/outer""#))
    }

    @Test("a number that is used again is another process, and the old end says nothing of it")
    func reuse() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(1, parent: 0, time: 1, file: "/sbin/init"))
        try encoder.line(RecordBytes.exec(10, parent: 1, time: 2, file: "/bin/old"))
        try encoder.line(RecordBytes.exit(10, time: 3))
        try encoder.line(RecordBytes.fork(1, child: 10, time: 4))
        try encoder.line(RecordBytes.exit(10, time: 3))
        #expect(try encoder.binary(10) == "/sbin/init")
        #expect(encoder.processes.entry(10)?.end == nil)
        try encoder.line(RecordBytes.exec(2, parent: 1, time: later))
        #expect(encoder.processes.entry(10) != nil)
    }

    @Test("a second exec comes from what the process was before, and is no clone any more")
    func secondExec() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1, file: "/bin/parent"))
        try encoder.line(RecordBytes.fork(10, child: 11, time: 2))
        try encoder.line(RecordBytes.exec(11, parent: 10, time: 3, file: "/bin/first"))
        let first = try encoder.process(11)
        try encoder.line(RecordBytes.exec(11, parent: 10, time: 4, file: "/bin/second"))
        let process = try encoder.process(11)
        #expect(process.contains(#""flags":"execve rootcwd""#))
        #expect(process.contains(#""start_time":"2026-09-21T14:13:20.000000004Z""#))
        let parent = try encoder.parent(11)
        #expect(parent == first)
        #expect(parent.contains(#""binary":"/bin/first""#))
        #expect(
            part(of: process, from: #""parent_exec_id":""#, to: "\"")
                == part(of: parent, from: #""exec_id":""#, to: "\""))
    }

    @Test("an exec of a process that /proc had shown comes from what it was there")
    func execAfterScan() throws {
        var encoder = EventEncoder()
        encoder.adopt([scanned(10, start: 1, "/bin/shell")])
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 9, start: 1, file: "/bin/next"))
        #expect(try encoder.parent(10).contains(#""binary":"/bin/shell","flags":"procFS""#))
    }

    @Test("an exec whose fork was lost has its real parent")
    func execWithoutFork() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1, file: "/bin/parent"))
        try encoder.line(RecordBytes.exec(11, parent: 10, time: 3, file: "/bin/child"))
        #expect(try encoder.parent(11).contains(#""binary":"/bin/parent""#))
        #expect(try encoder.process(11).contains(#""flags":"execve rootcwd""#))
    }

    @Test("who runs is listed, and who has ended is not")
    func listing() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1))
        try encoder.line(RecordBytes.exec(11, parent: 0, time: 1))
        try encoder.line(RecordBytes.exit(11, time: 1))
        #expect(Set(encoder.processes.running().map(\.id.pid)) == [0, 10])
    }

    @Test("who is gone without a word is forgotten, and who said so is not told twice")
    func gone() throws {
        var encoder = EventEncoder()
        for pid in 10...13 as ClosedRange<UInt32> {
            try encoder.line(RecordBytes.exec(pid, parent: 0, time: 1))
        }
        let gone = encoder.processes.running().map(\.id).filter { $0.pid != 10 }
        // These were in the ring when /proc was looked at.
        #expect(try encoder.line(RecordBytes.exit(12, time: 2)) != nil)
        try encoder.line(RecordBytes.exec(13, parent: 0, time: 3))
        encoder.forget(gone)
        #expect(Set(encoder.processes.running().map(\.id.pid)) == [0, 10, 13])
        #expect(try encoder.line(RecordBytes.exit(12, time: 4)) == nil)
        #expect(encoder.processes.counters.exits == 1)
    }

    @Test("a wall clock that was set moves later events only")
    func clockSet() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1))
        encoder.realtimeOffset += 1_000_000_000
        let line = try encoder.line(RecordBytes.call(time: 2, tgid: 10))
        #expect(line?.contains(#""start_time":"2026-09-21T14:13:20.000000001Z""#) == true)
        #expect(line?.hasSuffix(#""time":"2026-09-21T14:13:21.000000002Z"}"#) == true)
    }

    @Test("a full table gives up who ended first, then anybody, and counts it")
    func capacity() throws {
        var encoder = EventEncoder(capacity: 4)
        for pid: UInt32 in 10..<13 { try encoder.line(RecordBytes.exec(pid, parent: 0, time: 1)) }
        try encoder.line(RecordBytes.exit(11, time: 2))
        try encoder.line(RecordBytes.exec(13, parent: 0, time: 3))
        #expect(encoder.processes.entry(11) == nil)
        #expect(encoder.processes.counters.evictions == 1)
        for pid: UInt32 in 14..<40 { try encoder.line(RecordBytes.exec(pid, parent: 0, time: 3)) }
        #expect(encoder.processes.counters.entries == 4)
        #expect(encoder.processes.counters.evictions == 27)
        #expect(encoder.processes.entry(0) != nil)
        #expect(encoder.processes.entry(39) != nil)
    }

    @Test("who calls before being known is read from /proc, once")
    func met() throws {
        let reads = Mutex(0)
        var encoder = EventEncoder(reading: { pid in
            reads.withLock { $0 += 1 }
            return scanned(pid, start: 1, "/bin/found")
        })
        #expect(try encoder.binary(10) == "/bin/found")
        #expect(try encoder.process(10).contains(#""flags":"procFS""#))
        #expect(reads.withLock { $0 } == 1)
        #expect(encoder.processes.counters.unknown == 1)
    }

    @Test("who calls and is gone is unknown, is looked for once, and expires")
    func unknown() throws {
        let reads = Mutex(0)
        var encoder = EventEncoder(reading: { _ in
            reads.withLock { $0 += 1 }
            return nil
        })
        #expect(try encoder.process(10) == #""pid":10,"flags":"unknown","tid":10"#)
        #expect(try encoder.parent(10) == "none")
        #expect(reads.withLock { $0 } == 1)
        try encoder.line(RecordBytes.exec(9, parent: 0, time: later))
        #expect(encoder.processes.entry(10) == nil)
    }
}

@Suite("Records and the scan of /proc")
struct ScanReconciliationTests {
    @Test("a scanned process finds its parent, whatever their order")
    func hierarchy() throws {
        var encoder = EventEncoder()
        encoder.adopt([scanned(20, parent: 10, start: 9, "child"), scanned(10, start: 8, "parent")])
        #expect(try encoder.binary(20) == "child")
        #expect(try encoder.parent(20).contains(#""binary":"parent""#))
        #expect(try encoder.parent(10).contains(#""binary":"<kernel>","flags":"procFS""#))
    }

    @Test("a record says more than the scan, before and after it")
    func recordsWin() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 9, start: 8, file: "/bin/exec"))
        encoder.adopt([scanned(10, start: 0), scanned(11, start: 0)])
        #expect(try encoder.binary(10) == "/bin/exec")
        try encoder.line(RecordBytes.exec(11, parent: 0, time: 9, start: 8, file: "/bin/late"))
        #expect(try encoder.binary(11) == "/bin/late")
    }

    @Test("a process that has ended does not come back by a scan")
    func endedMeanwhile() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 40))
        try encoder.line(RecordBytes.exit(10, time: 50))
        encoder.adopt([scanned(10, start: 40), scanned(11, start: 60)])
        #expect(encoder.processes.entry(10)?.end == 50)
        #expect(encoder.processes.entry(11) != nil)
        #expect(encoder.processes.counters.exits == 1)
    }

    @Test("a process of which nothing but its end was heard has that told, once")
    func endOfUnknown() throws {
        var encoder = EventEncoder()
        let exit = try encoder.line(RecordBytes.exit(10, time: 50, code: 9))
        #expect(
            exit == #"{"process_exit":{"process":{"pid":10,"flags":"unknown","tid":10},"#
                + #""signal":"SIGKILL","time":"2026-09-21T14:13:20.000000050Z"},"#
                + #""node_name":"node","time":"2026-09-21T14:13:20.000000050Z"}"#)
        #expect(try encoder.line(RecordBytes.exit(10, time: 50, code: 9)) == nil)
        #expect(encoder.processes.counters.exits == 1)
    }

    @Test("who ends and is still in /proc is named")
    func endOfScanned() throws {
        var encoder = EventEncoder(reading: { scanned($0, start: 1, "/bin/found") })
        let exit = try encoder.line(RecordBytes.exit(10, time: 50))
        #expect(exit?.contains(#""binary":"/bin/found""#) == true)
        #expect(encoder.processes.entry(10)?.end == 50)
    }

    @Test("an exit that was waiting in the ring does not end a younger process")
    func staleExit() throws {
        var encoder = EventEncoder()
        encoder.adopt([scanned(10, start: 60)])
        let stale = try encoder.line(RecordBytes.exit(10, time: 50))
        #expect(stale?.contains(#""flags":"unknown""#) == true)
        #expect(encoder.processes.entry(10)?.end == nil)
        try encoder.line(RecordBytes.exit(10, time: 70))
        #expect(encoder.processes.entry(10)?.end == 70)
    }

    @Test("the scan explains a child whose parent no record had named")
    func childOfUnknown() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.fork(10, child: 11, time: 5))
        #expect(try encoder.binary(11) == "none")
        encoder.adopt([scanned(11, start: 0, "explained")])
        #expect(try encoder.binary(11) == "explained")
    }

    @Test("a scan after lost records replaces what it contradicts")
    func rescan() throws {
        var encoder = EventEncoder()
        encoder.adopt([scanned(10, start: 0, "old")])
        encoder.adopt([scanned(10, start: 5_000_000_000, "new")])
        #expect(try encoder.binary(10) == "new")
    }
}
