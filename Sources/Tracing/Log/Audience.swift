/// Who waits for events of the log, by what they want.
///
/// A thousand subscribers must not be woken for what they do not want. Those with one filter are
/// looked at together; and where the log holds nothing for them, that is remembered, so that a
/// reader who was left asleep need not look, nor take for missed what was overwritten meanwhile.
struct Audience {
    private var groups: [EventFilter: Group] = [:]
    private var latest: UInt64 = 0
    /// What was appended since everybody was summoned.
    private var news = Digest()
    /// The sequence behind the events that everybody was summoned for.
    private var summoned: UInt64 = 1

    /// Subscribers with one filter.
    private struct Group {
        let interest: Digest.Interest
        var wakes: [UInt64: @Sendable () -> Void] = [:]
        /// Sequences of events that hold nothing for the filter.
        var quiet: QuietStretches

        init(_ filter: EventFilter, at sequence: UInt64) {
            interest = Digest.Interest(filter)
            quiet = QuietStretches(at: sequence)
        }
    }

    /// How many there are.
    var count: Int { groups.values.reduce(0) { $0 + $1.wakes.count } }

    /// Adds a subscriber, and returns its number.
    mutating func add(_ filter: EventFilter, _ wake: @escaping @Sendable () -> Void) -> UInt64 {
        latest += 1
        groups[filter, default: Group(filter, at: summoned)].wakes[latest] = wake
        return latest
    }

    mutating func remove(_ number: UInt64, of filter: EventFilter) {
        groups[filter]?.wakes[number] = nil
        if groups[filter]?.wakes.isEmpty == true { groups[filter] = nil }
    }

    /// Takes note of an event that was appended.
    mutating func note(_ facets: Facets, in line: RawSpan) { news.note(facets, in: line) }

    /// Whom to wake for what was appended up to `end`, the sequence of the next event.
    mutating func summon(upTo end: UInt64) -> [@Sendable () -> Void] {
        var wakes: [@Sendable () -> Void] = []
        var index = groups.startIndex
        while index < groups.endIndex {
            if news.mayHold(groups.values[index].interest) {
                groups.values[index].quiet.interrupt(until: end)
                wakes += groups.values[index].wakes.values
            } else {
                groups.values[index].quiet.extend(to: end)
            }
            groups.formIndex(after: &index)
        }
        news = Digest()
        summoned = end
        return wakes
    }

    /// Everybody.
    var everyone: [@Sendable () -> Void] { groups.values.flatMap { $0.wakes.values } }

    /// Where a subscriber who is at `sequence` goes on: there, or behind what holds nothing for it.
    func place(of sequence: UInt64, for filter: EventFilter) -> UInt64 {
        groups[filter]?.quiet.end(from: sequence) ?? sequence
    }
}
