import CLibBPF
import Foundation
import Testing

@testable import Kernel

@Suite("What the running kernel offers", .requiresBPF, .serialized)
struct CapabilityTests {
    private func probe() throws -> CapabilityProbe {
        CapabilityProbe(access: try KernelAccess(), types: KernelTypesCache(keepingFor: 1))
    }

    @Test("what is there costs nothing, and what is missing has a reason and a cost")
    func answers() throws {
        let probe = try probe()
        let all =
            KernelMethod.allCases.map { probe.capability($0) }
            + KernelFeature.allCases.map { probe.capability($0) }
        for capability in all {
            #expect(capability.isAvailable == (capability.reason == nil))
            #expect(capability.isAvailable == (capability.costs == nil))
            #expect(capability.reason?.isEmpty != true && capability.costs?.isEmpty != true)
        }
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(KernelMethod.allCases.map { probe.capability($0) }.map(\.name).first == "fentry")
    }

    @Test("what the service itself needs is there, or it would not run")
    func required() throws {
        let probe = try probe()
        for method in [KernelMethod.systemCallTracepoint, .tracepoint, .rawTracepoint] {
            #expect(probe.capability(method).reason == nil)
        }
        for feature in [KernelFeature.ringBuffer, .taskStorage, .mappedArray, .runStatistics] {
            #expect(probe.capability(feature).reason == nil)
        }
    }

    @Test(
        "a kernel without kprobes and trampolines is told from one with them",
        .enabled("needs a kernel without kprobes") {
            access("/sys/bus/event_source/devices/kprobe", F_OK) != 0
        })
    func withoutProbes() throws {
        let probe = try probe()
        for method in [KernelMethod.fentry, .kprobeMulti, .kprobe, .lsm] {
            let capability = probe.capability(method)
            #expect(!capability.isAvailable, "\(method)")
            let reason = capability.reason ?? ""
            #expect(reason.contains("CONFIG_") || reason.contains("forbids it"), "\(reason)")
        }
        #expect(!probe.capability(.kprobeSession).isAvailable)
    }

    @Test("a helper that no kernel has is missing, and one that all have is there")
    func helpers() throws {
        #expect(throws: Missing.self) {
            try ProbeProgram(type: BPF_PROG_TYPE_KPROBE, helper: 99999).checkHelper()
        }
        try ProbeProgram(type: BPF_PROG_TYPE_KPROBE, helper: BPF_FUNC_ktime_get_ns.rawValue)
            .checkHelper()
        #expect(throws: Missing.self) {
            // Of sockets, not of tracing.
            try ProbeProgram(type: BPF_PROG_TYPE_KPROBE, helper: BPF_FUNC_skb_store_bytes.rawValue)
                .checkHelper()
        }
    }

    /// In a process of its own, where a program, map, link or event is a descriptor, and nobody else
    /// opens any.
    @Test("asking leaves nothing loaded, attached or open")
    func leavesNothing() async {
        await #expect(processExitsWith: .success) {
            func descriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            func ask() throws {
                let probe = CapabilityProbe(
                    access: try KernelAccess(), types: KernelTypesCache(keepingFor: 1))
                for method in KernelMethod.allCases { _ = probe.capability(method) }
                for feature in KernelFeature.allCases { _ = probe.capability(feature) }
            }
            _ = try ask()  // what the first use of libbpf opens stays open
            let before = try descriptors()
            try ask()
            // Tracepoints are closed a little later.
            let deadline = ContinuousClock.now + .seconds(20)
            while try descriptors() > before {
                try #require(ContinuousClock.now < deadline, "something stays open")
                await Task.yield()
            }
        }
    }

    @Test("a question has one answer")
    func cached() throws {
        let probe = try probe()
        let first = probe.capability(.uprobe)
        #expect(probe.capability(.uprobe) == first)
    }
}
