import Foundation
import Kernel
import Lowering
import Policy
import Testing

@testable import Tracing

/// What this process holds of the kernel, by the kinds of its descriptors.
struct Holdings: Equatable {
    var programs = 0
    var maps = 0
    var links = 0
    var events = 0

    static func now() -> Holdings {
        let folder = "/proc/self/fd"
        var holdings = Holdings()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            switch try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)") {
            case "anon_inode:bpf-prog": holdings.programs += 1
            case "anon_inode:bpf-map": holdings.maps += 1
            case "anon_inode:bpf_link", "anon_inode:bpf-link": holdings.links += 1
            case "anon_inode:[perf_event]": holdings.events += 1
            default: break
            }
        }
        return holdings
    }

    /// The same without perf events, of which those of tracepoints are kept for a while.
    var attached: Holdings {
        var holdings = self
        holdings.events = 0
        return holdings
    }

    /// Waits until as many perf events as there were are left, then says what there is.
    static func settled(at events: Int) -> Holdings {
        let deadline = ContinuousClock.now + .seconds(10)
        var holdings = now()
        while holdings.events != events, ContinuousClock.now < deadline { holdings = now() }
        return holdings
    }
}

/// A policy that is made to fail at every step.
///
/// Every part of it takes calls of this process, or of all.
enum FaultCase: String, Codable, Sendable, CaseIterable {
    case returnShape, pair, list, tracepoint, rawTracepoint, threeHooks

    /// The document; `label` tells versions apart, and `extended` adds a hook.
    func document(label: String = "old", extended: Bool = false) -> [UInt8] {
        let result = "return: true, returnArg: {index: 0, type: int, label: \(label)}"
        let family = "{operator: In, followForks: true, values: [\(getpid())]}"
        let pipe2 = "{call: sys_pipe2, args: [{index: 1, type: int}], \(result)}"
        let openat =
            "{call: sys_openat, args: [{index: 1, type: string}], \(result), "
            + "selectors: [{matchPIDs: [\(family)]}]}"
        let task =
            "{subsystem: task, event: task_newtask, args: [{index: 4, type: int, label: \(label)}]}"
        let fork =
            "{subsystem: sched, event: sched_process_fork, raw: true, message: \(label) fork}"
        let isTracepoint = self == .tracepoint || self == .rawTracepoint
        var hooks =
            switch self {
            case .returnShape: [pipe2]
            case .pair: [openat]
            case .list: ["{call: \"list:pipes\", \(result)}"]
            case .tracepoint: [task]
            case .rawTracepoint: [fork]
            case .threeHooks: [openat, pipe2, "{call: sys_socketpair}"]
            }
        if extended {
            hooks.append(
                isTracepoint ? "{subsystem: task, event: task_rename}" : "{call: sys_dup3}")
        }
        return Array(
            """
            apiVersion: cilium.io/v1alpha1
            kind: TracingPolicy
            metadata: {name: faulty}
            spec:
              lists: [{name: pipes, type: syscalls, values: [sys_pipe, sys_pipe2, sys_socketpair]}]
              \(isTracepoint ? "tracepoints" : "kprobes"): [\(hooks.joined(separator: ", "))]
            """.utf8)
    }

    /// Does what each of these policies reports: openat, pipe2 and a new process.
    static func act() {
        close(open("/dev/null", O_RDONLY))
        if let output = popen("true", "r") { pclose(output) }
    }
}

extension Engine {
    /// What a document means on this kernel.
    func plan(_ document: [UInt8]) throws -> KernelPlan {
        let checked = check(document: document)
        let lowered = lower(checked.hooks, facts: facts)
        try #require(checked.policy != nil, "\(checked.diagnostics)")
        return try #require(lowered.plan(policy: "faulty"), "\(lowered.diagnostics)")
    }
}

extension Sensor {
    /// The methods that failed when it was installed.
    var failedMethods: [RefusedMethod] {
        hooks.flatMap { $0.refused.dropFirst($0.plan.refused.count) }
    }
}

extension HookCounters {
    /// Events that were sent, or were to be and found the ring full: nobody reads it.
    var reported: UInt64 { sent + ringFull }
}
