/// What did not reach everyone who might have seen it, counted by the stage that knows.
///
/// One set for `/metrics`, `/v1/status` and the stream. All count from the start of the service.
public struct StageCounters: Sendable, Equatable {
    /// A stage between a call and a subscriber, where something ends.
    public enum Stage: String, Sendable, CaseIterable {
        /// Records of calls: the ring had no room.
        case kernelRingFull = "kernel_ring_full"
        /// Calls: there was no memory to keep what they had at entry.
        case kernelPendingFull = "kernel_pending_full"
        /// Returns whose entry was not seen.
        case kernelEntryMissed = "kernel_entry_missed"
        /// Entries whose return was not seen.
        case kernelReturnMissed = "kernel_return_missed"
        /// Calls that the kernel did not run a program for.
        case kernelSkipped = "kernel_skipped"
        /// Calls under way when their policy's version went.
        case cutOff = "cut_off"
        /// Children of processes that a filter follows: there was no room for them among those.
        case kernelUnfollowed = "kernel_unfollowed"
        /// Records of processes: the ring had no room.
        case kernelProcessRecord = "kernel_process_record"
        /// Records that could not be decoded.
        case undecodable
        /// Records of hooks that nobody knows.
        case orphaned
        /// Events that subscribers were told they missed.
        case subscriberOvertaken = "subscriber_overtaken"
    }

    /// Losses, by stage.
    public var lost: [Stage: UInt64]
    /// Calls that no selector took.
    public var filtered: UInt64
    /// Events that newer ones replaced in the log.
    public var logOverwritten: UInt64
    /// Events appended to the log.
    public var events: UInt64

    /// What has been counted; all is 0 without arguments.
    public init(
        lost: [Stage: UInt64] = [:], filtered: UInt64 = 0, logOverwritten: UInt64 = 0,
        events: UInt64 = 0
    ) {
        self.lost = lost
        self.filtered = filtered
        self.logOverwritten = logOverwritten
        self.events = events
    }
}

extension StageCounters.Stage {
    /// The kinds of events of which some may be missing on the stream, for all subscribers, where
    /// this stage has lost something.
    ///
    /// None, where it is told another way: a call whose entry there was no memory to keep is missed
    /// when it returns, and counted again; and whom the log overtakes hears of it alone.
    public var missing: [FrameKind] {
        switch self {
        case .kernelRingFull, .kernelEntryMissed, .kernelReturnMissed, .kernelSkipped, .cutOff,
            .kernelUnfollowed, .orphaned:
            [.processKprobe, .processTracepoint]
        case .kernelProcessRecord: [.processExec, .processExit]
        case .undecodable: [.processKprobe, .processTracepoint, .processExec, .processExit]
        case .kernelPendingFull, .subscriberOvertaken: []
        }
    }
}

extension StageCounters {
    /// What every stage has counted so far.
    init(_ policies: PolicyRegistry, _ reader: EventReader, _ log: EventLog) async {
        let hooks = await policies.totals()
        let read = reader.counters
        let kept = log.counters
        self.init(
            lost: [
                .kernelRingFull: hooks.ringFull,
                .kernelPendingFull: hooks.pendingFull,
                .kernelEntryMissed: hooks.pendingMissed,
                .kernelReturnMissed: hooks.pendingStale,
                .kernelSkipped: hooks.skipped,
                .cutOff: await policies.cutOffCalls(),
                .kernelUnfollowed: await policies.unfollowedProcesses(),
                .kernelProcessRecord: await policies.lostProcessRecords(),
                .undecodable: read.undecodable,
                .orphaned: read.orphaned,
                .subscriberOvertaken: kept.missed,
            ], filtered: hooks.filtered, logOverwritten: kept.overwritten, events: kept.appended)
    }
}
