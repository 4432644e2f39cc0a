import Tracing

/// Where a stream begins, and what is missing before it.
struct Opening {
    var next: UInt64
    var gap: Notices.Gap?

    init(_ start: EventQuery.Start, log: EventLog) {
        let newest = log.newest.sequence
        let oldest = log.oldestSequence
        switch start {
        case .now: next = newest + 1
        case .oldest: next = oldest
        case .since(let time, let text):
            let found = log.first(since: time)
            next = found.sequence
            // What was before this run, or was overwritten, nobody can count.
            let reason: Notices.Gap.Reason? =
                time < log.start ? .restart : found.isComplete ? nil : .evicted
            gap = reason.map {
                Notices.Gap(reason: $0, lost: nil, requested: text, oldest: oldest)
            }
        case .after(let text):
            next = oldest
            guard let id = EventID(text), id.boot == log.boot, id.sequence <= newest else {
                let isOther = EventID(text).map { $0.boot != log.boot } ?? false
                gap = Notices.Gap(
                    reason: isOther ? .restart : .unknownID, lost: nil, requested: text,
                    oldest: oldest)
                return
            }
            if id.sequence + 1 >= oldest {
                next = id.sequence + 1
            } else {
                gap = Notices.Gap(
                    reason: .evicted, lost: oldest - id.sequence - 1, requested: text,
                    oldest: oldest)
            }
        }
    }
}
