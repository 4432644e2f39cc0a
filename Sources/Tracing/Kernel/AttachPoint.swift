import CWire
import Kernel
import Lowering
import Policy

/// A program of a policy that is attached, and the programs of later versions that it hands
/// events on to.
///
/// Attaching and detaching take the kernel long, and two programs at one place could not agree
/// whose event it is. So a version of a policy that is attached at a place stays there, and
/// later versions are put into its chain. Dropping it detaches.
final class AttachPoint {
    /// Where it is attached.
    struct Place: Hashable {
        let method: AttachMethod
        var moment: Attempt.Moment
        let targets: [String]
        /// Counts the hooks of one policy that are at the same place.
        var ordinal = 0
    }

    let place: Place
    let program: Program
    let chain: BPFMap
    private(set) var attachments: [Attachment] = []

    /// Prepares to attach `program`, which was loaded with `chain`.
    init(place: Place, program: Program, chain: BPFMap) {
        self.place = place
        self.program = program
        self.chain = chain
    }

    /// Attaches it to every target.
    func attach(to subject: Subject, in tracefs: Tracefs) throws(KernelError) {
        let returning = place.moment == .return
        switch (subject, place.method) {
        case (.tracepoint(let subsystem, let event, let id), _):
            attachments = [
                try program.attach(toTracepoint: id, named: "\(subsystem):\(event)", in: tracefs)
            ]
        case (.rawTracepoint(_, let event), _):
            attachments = [try program.attach(toRawTracepoint: event)]
        case (.systemCalls(let calls), .tracepoint):
            for (cookie, call) in calls.enumerated() {
                attachments.append(
                    try program.attach(
                        to: call.name, returning: returning, in: tracefs, cookie: UInt64(cookie)))
            }
        case (_, .kprobeMulti):
            attachments = [try program.attach(toFunctions: place.targets, returning: returning)]
        case (_, .fentry):
            attachments = [
                try program.attach(toTrampolineOf: place.targets[0], returning: returning)
            ]
        case (_, .kprobe), (_, .tracepoint), (_, .rawTracepoint):
            for (cookie, function) in place.targets.enumerated() {
                attachments.append(
                    try program.attach(
                        toFunction: function, returning: returning, cookie: UInt64(cookie)))
            }
        }
    }

    /// Gives up its attachments, for whoever detaches many at once.
    func giveUp() -> [Attachment] {
        missedBefore = missed
        defer { attachments = [] }
        return attachments
    }

    /// What its attachments had missed when they were given up.
    private var missedBefore: UInt64?

    /// Calls that its attachments did not get; nil where the kernel does not say.
    private var missed: UInt64? {
        let missed = attachments.compactMap { $0.missed() }
        return missed.isEmpty ? missedBefore : missed.reduce(0, +)
    }

    // MARK: - The chain

    /// Makes `program` the one that events go to in a generation; `finishes` says whether it has
    /// calls to finish when a later generation reports.
    func put(_ program: Program, generation: UInt32, finishes: Bool) throws(KernelError) {
        try chain.put(program, at: UInt32(SPEC_CHAIN_CURRENT) + generation & 1)
        if finishes {
            try chain.put(program, at: UInt32(SPEC_CHAIN_FINISH) + generation & 1)
        } else {
            try chain.clear(at: UInt32(SPEC_CHAIN_FINISH) + generation & 1)
        }
    }

    /// Lets go of a generation's program.
    func clear(generation: UInt32) throws(KernelError) {
        try [SPEC_CHAIN_CURRENT, SPEC_CHAIN_FINISH].forEveryOne { place throws(KernelError) in
            try chain.clear(at: UInt32(place) + generation & 1)
        }
    }

    /// What has happened at this place since it was attached.
    func activity() throws(KernelError) -> Activity {
        let info = try program.info()
        return Activity(
            runs: info.runCount, nanoseconds: info.runTimeNanoseconds,
            recursions: info.recursionMisses, missed: missed)
    }

    /// What the kernel counts of an attached program.
    struct Activity {
        var runs: UInt64
        var nanoseconds: UInt64
        var recursions: UInt64
        /// nil where the kernel does not say.
        var missed: UInt64?

        static func - (now: Activity, before: Activity) -> Activity {
            Activity(
                runs: now.runs &- before.runs, nanoseconds: now.nanoseconds &- before.nanoseconds,
                recursions: now.recursions &- before.recursions,
                missed: now.missed.map { $0 &- (before.missed ?? 0) })
        }
    }
}

extension Program {
    /// Attaches to the tracepoint where a system call is entered, or returns.
    fileprivate func attach(
        to call: String, returning: Bool, in tracefs: Tracefs, cookie: UInt64
    ) throws(KernelError) -> Attachment {
        let name = "syscalls:sys_\(returning ? "exit" : "enter")_\(call)"
        guard let tracepoint = tracefs.systemCall(named: call) else {
            throw KernelError(missing: .findTracepoint(name))
        }
        return try attach(
            toTracepoint: returning ? tracepoint.exitID : tracepoint.enterID, named: name,
            in: tracefs, cookie: cookie)
    }
}
