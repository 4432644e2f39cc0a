import Foundation
import Kernel
import Lowering
import Policy
import Testing

@testable import Tracing

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where the process may not load BPF programs.
    static var requiresBPF: Self {
        .enabled("needs root and kernel BTF") {
            geteuid() == 0 && access("/sys/kernel/btf/vmlinux", R_OK) == 0
        }
    }
}

@Suite("Follow sets", .requiresBPF, .serialized, .timeLimit(.minutes(1)))
struct FollowSetTests {
    @Test("a set has the process that a filter names and its descendants, and nobody else")
    func descendants() throws {
        let engine = try Engine()
        let (family, stranger) = (try Family(), try Family())
        let set = try engine.followSets.take(roots: [family.parent])
        #expect(try engine.sets(of: family.parent) == [set])
        #expect(try engine.sets(of: family.child) == [set])
        #expect(try engine.sets(of: stranger.parent) == [])
        #expect(try engine.sets(of: stranger.child) == [])
        try engine.followSets.release(set)
        #expect(try engine.sets(of: family.parent) == [])
        #expect(try engine.sets(of: family.child) == [])
    }

    @Test("two sets on the same process have the same descendants")
    func overlapping() throws {
        let engine = try Engine()
        let family = try Family()
        let first = try engine.followSets.take(roots: [family.parent])
        let second = try engine.followSets.take(roots: [family.parent])
        #expect(first != second)
        #expect(try engine.sets(of: family.child) == [first, second])
        try engine.followSets.release(first)
        #expect(try engine.sets(of: family.parent) == [second])
        #expect(try engine.sets(of: family.child) == [second])
    }

    @Test("a set does not spread to the descendants of another's processes")
    func separate() throws {
        let engine = try Engine()
        let family = try Family()
        // The parent alone: its child came before, and was not looked for yet.
        let first = try engine.followSets.take(roots: [family.parent])
        try engine.map.remove(key: family.child)
        let other = try Family()
        let second = try engine.followSets.take(roots: [other.parent])
        #expect(try engine.sets(of: other.child) == [second])
        #expect(try engine.sets(of: family.child) == [])
        #expect(try engine.sets(of: family.parent) == [first])
    }

    @Test("children that are forked later are in the set from their first moment")
    func forkedLater() throws {
        let engine = try Engine()
        let set = try engine.followSets.take(roots: [UInt32(getpid())])
        let family = try Family()
        #expect(try engine.sets(of: family.parent) == [set])
        #expect(try engine.sets(of: family.child) == [set])
    }

    @Test("a process that is not there leaves nothing behind")
    func absent() throws {
        let engine = try Engine()
        let set = try engine.followSets.take(roots: [4_194_303])
        #expect(try engine.sets(of: 4_194_303) == [])
        try engine.followSets.release(set)
    }

    @Test("there are 64 sets, and one that was given back can be had again")
    func exhausted() throws {
        let engine = try Engine()
        let sets = try (0..<64).map { _ in try engine.followSets.take(roots: [4_194_303]) }
        #expect(sets == Array(1...64))
        #expect(throws: FollowSets.Exhausted.self) {
            try engine.followSets.take(roots: [4_194_303])
        }
        try engine.followSets.release(17)
        #expect(try engine.followSets.take(roots: [4_194_303]) == 17)
    }
}

extension FollowSetTests {
    @Test("a set that does not fit into the map leaves nothing to the next that gets its number")
    func mapFull() throws {
        let engine = try Engine()
        let family = try Family()
        try engine.map.update(key: family.parent, value: 1 << 63)
        var filler: UInt32 = 10_000_000
        while (try? engine.map.update(key: filler, value: 1 << 63)) != nil, filler < 11_000_000 {
            filler += 1
        }
        #expect(throws: KernelError.self) {
            try engine.followSets.take(roots: [family.parent, 1])
        }
        #expect(try engine.sets(of: family.parent) == [64])
    }

    @Test("a policy that finds too few sets gives back those that it got")
    func givenBack() throws {
        let engine = try Engine()
        for _ in 0..<63 { _ = try engine.followSets.take(roots: [4_194_303]) }
        let filter = "{operator: In, followForks: true, values: [4194303]}"
        let document = """
            apiVersion: cilium.io/v1alpha1
            kind: TracingPolicy
            metadata: {name: test}
            spec:
              kprobes:
              - call: sys_pipe2
                selectors: [{matchPIDs: [\(filter), \(filter)]}]
            """
        let checked = check(document: Array(document.utf8))
        let plan = try #require(
            lower(checked.hooks, facts: engine.facts).plan(policy: "test"))
        #expect(throws: FollowSets.Exhausted.self) {
            try Sensor(plan, hookIDs: [1], slot: 0, after: nil, engine: engine)
        }
        #expect(try engine.followSets.take(roots: [4_194_303]) == 64)
    }
}

extension Engine {
    fileprivate var map: BPFMap { followSets.map }

    /// The numbers of the sets that a process is in.
    fileprivate func sets(of process: UInt32) throws -> [UInt8] {
        let word = try map.value(key: process) ?? 0
        return (1...64).filter { word & 1 << UInt64($0 - 1) != 0 }
    }
}

/// A process with a child; both go with it.
private final class Family {
    let parent: UInt32
    let child: UInt32
    private let shell = Process()
    private let input = Pipe()

    init() throws {
        let output = Pipe()
        shell.executableURL = URL(filePath: "/bin/sh")
        // The child lives until its input ends, and says its number when it is there.
        shell.arguments = ["-c", "exec 3<&0; cat <&3 & echo $!; wait"]
        shell.standardInput = input
        shell.standardOutput = output
        try shell.run()
        parent = UInt32(shell.processIdentifier)
        var line: [UInt8] = []
        while line.last != 0x0A, let byte = try output.fileHandleForReading.read(upToCount: 1) {
            line += byte
        }
        let text = String(decoding: line.dropLast(), as: UTF8.self)
        child = try #require(UInt32(text))
    }

    deinit {
        kill(pid_t(child), SIGKILL)
        kill(pid_t(parent), SIGKILL)
        shell.waitUntilExit()
    }
}
