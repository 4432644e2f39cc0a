import Tracing

/// Where a stream begins, and what is missing before it.
struct Opening {
    var next: UInt64
    var gap: Gap?

    init(_ start: EventQuery.Start, for filter: EventFilter, log: EventLog) {
        let newest = log.newest.sequence
        let oldest = EventID(boot: log.boot, sequence: log.oldestSequence)
        switch start {
        case .now: next = newest + 1
        case .oldest: next = oldest.sequence
        case .since(let time, let text):
            let found = log.first(since: time)
            next = found.sequence
            // What was before this run, or was overwritten, nobody can count.
            let reason: Gap.Reason? =
                time < log.start ? .restart : found.isComplete ? nil : .evicted
            gap = reason.map {
                Gap(reason: $0, lost: nil, requested: text, oldest: oldest)
            }
        case .after(let text):
            next = oldest.sequence
            guard let id = EventID(text), id.boot == log.boot, id.sequence <= newest else {
                let isOther = EventID(text).map { $0.boot != log.boot } ?? false
                gap = Gap(
                    reason: isOther ? .restart : .unknownID, lost: nil, requested: text,
                    oldest: oldest)
                return
            }
            next = log.oldest(from: id.sequence + 1, for: filter)
            if next > id.sequence + 1 {
                gap = Gap(
                    reason: .evicted, lost: next - id.sequence - 1, requested: text,
                    oldest: EventID(boot: log.boot, sequence: next))
            }
        }
    }
}
