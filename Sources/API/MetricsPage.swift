import Events
import HTTP
import Kernel
import Tracing

/// The counters of every stage as Prometheus text.
struct MetricsPage {
    private(set) var text = ""

    init(_ service: TracingService, _ subscribers: Subscribers, _ tls: TLSFiles?) async {
        let policies = await service.policies.statuses()
        let reader = service.reader.counters
        let counters = await service.stageCounters()

        metric("events_total", .counter, "Events appended to the event log.", counters.events)
        metric(
            "records_total", .counter, "Records read from the kernel's ring buffer.",
            reader.records)
        metric("event_bytes_total", .counter, "Bytes of JSON appended to the log.", reader.bytes)
        metric(
            "records_sent_total", .counter, "Events that hooks gave to the ring buffer.",
            await service.policies.totals().sent)
        metric(
            "filtered_total", .counter, "Calls that no selector took.", counters.filtered)
        describe("lost_total", .counter, "What was lost, by the stage that lost it.")
        for stage in StageCounters.Stage.allCases {
            sample("lost_total", [("stage", stage.rawValue)], counters.lost[stage] ?? 0)
        }
        metric(
            "log_overwritten_total", .counter, "Events that newer ones replaced in the log.",
            counters.logOverwritten)
        metric("subscribers", .gauge, "Open event streams.", UInt64(subscribers.count))
        metric(
            "subscribers_refused_total", .counter, "Streams that a limit did not allow.",
            subscribers.refused)
        describe("policies", .gauge, "Policies by state.")
        for state in [PolicyStatus.State.enabled, .disabled, .loadError] {
            let count = policies.count { $0.state == state }
            sample("policies", [("state", state.rawValue)], UInt64(count))
        }
        describe("policy_mode", .gauge, "1 for the mode that a policy has.")
        for policy in policies {
            guard let mode = policy.mode else { continue }
            sample("policy_mode", [("policy", policy.name), ("mode", mode.rawValue)], 1)
        }
        if let tls {
            describe(
                "tls_certificate_expiry_timestamp_seconds", .gauge,
                "When the certificate of new connections ends, in seconds since 1970.")
            sample("tls_certificate_expiry_timestamp_seconds", [], tls.identity.validity.end)
        }
        appendProcesses(reader)
        appendHooks(policies)
        appendSelectors(policies)
    }

    private mutating func appendProcesses(_ reader: EventReader.Counters) {
        let processes = reader.processes
        metric("processes", .gauge, "Processes in the table.", UInt64(processes.entries))
        describe("process_records_total", .counter, "What the process table was told.")
        let kinds = [
            ("exec", processes.execs), ("fork", processes.forks), ("exit", processes.exits),
        ]
        for (kind, count) in kinds { sample("process_records_total", [("kind", kind)], count) }
        metric(
            "processes_unknown_total", .counter,
            "Processes that made a call before the table knew them.", processes.unknown)
        metric(
            "processes_evicted_total", .counter,
            "Processes given up because the table was full.", processes.evictions)
        describe("process_scan_seconds", .gauge, "How long the last listing of all processes took.")
        sample("process_scan_seconds", [], seconds(reader.scanNanoseconds))
    }

    private typealias HookValue = (HookReading) -> UInt64

    private mutating func appendHooks(_ policies: [PolicyStatus]) {
        perHook("hook_events_total", "Events of a hook.", policies) { $0.counters.sent }
        perHook("hook_filtered_total", "Calls that no selector of a hook took.", policies) {
            $0.counters.filtered
        }
        perHook(
            "hook_missed_recursion_total", "Events that met the hook's program at work.", policies
        ) { $0.recursions }
        perHook(
            "hook_missed_probe_total", "Calls that the kernel's probe did not get.",
            policies.map { policy in
                var policy = policy
                policy.hooks.removeAll { $0.reading.missed == nil }
                return policy
            }
        ) { $0.missed ?? 0 }
        perHook("bpf_runs_total", "Runs of a hook's BPF programs.", policies) { reading in
            reading.programs.reduce(0) { $0 + $1.info.runCount }
        }
        describe("bpf_run_seconds_total", .counter, "Time in a hook's BPF programs.")
        for (labels, reading) in hooks(policies) {
            let time = reading.programs.reduce(0) { $0 + $1.info.runTimeNanoseconds }
            sample("bpf_run_seconds_total", labels, seconds(time))
        }
    }

    private mutating func appendSelectors(_ policies: [PolicyStatus]) {
        describe(
            "selector_actions_total", .counter, "What the actions of a hook's selectors came to.")
        for (labels, reading) in hooks(policies) {
            for (number, selector) in reading.selectors.enumerated() {
                let labels =
                    labels + [("selector", "\(number)"), ("label", selector.label ?? "")]
                for (name, path) in ActionCounters.fields {
                    sample(
                        "selector_actions_total", labels + [("action", name)],
                        selector.actions[keyPath: path])
                }
            }
        }
    }

    private mutating func perHook(
        _ name: String, _ help: String, _ policies: [PolicyStatus], value: HookValue
    ) {
        describe(name, .counter, help)
        for (labels, reading) in hooks(policies) { sample(name, labels, value(reading)) }
    }

    private func hooks(_ policies: [PolicyStatus]) -> [(labels: [(String, String)], HookReading)] {
        policies.flatMap { policy in
            policy.hooks.map { hook in
                let labels = [
                    ("policy", policy.name), ("function", hook.name), ("hook", hook.pointer),
                ]
                return (labels, hook.reading)
            }
        }
    }

    // MARK: - The format

    private enum Kind: String { case counter, gauge }

    private mutating func metric(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
        describe(name, kind, help)
        sample(name, [], value)
    }

    private mutating func describe(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP martlet_\(name) \(help)\n# TYPE martlet_\(name) \(kind.rawValue)\n"
    }

    private mutating func sample(
        _ name: String, _ labels: [(String, String)], _ value: some CustomStringConvertible
    ) {
        let list = labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
        text += "martlet_\(name)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
    }

    private func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }

    private func seconds(_ nanoseconds: UInt64) -> String {
        let rest = String(nanoseconds % 1_000_000_000)
        return "\(nanoseconds / 1_000_000_000)."
            + String(repeating: "0", count: 9 - rest.count) + rest
    }
}
