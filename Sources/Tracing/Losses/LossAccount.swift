/// What subscribers have been told of losses, so that each is told once.
struct LossAccount {
    private var told: [StageCounters.Stage: UInt64] = [:]
    /// The stages of which is told.
    private let stages: [StageCounters.Stage]

    /// Nothing was told yet.
    ///
    /// - Parameter reportsLives: whether processes that exec or end are events; else none is missing.
    init(reportsLives: Bool = true) {
        stages = StageCounters.Stage.allCases.filter { stage in
            stage.missing.contains { reportsLives || !$0.isLife }
        }
    }

    /// What was lost and is not told yet, by stages; from now on it is.
    ///
    /// A count may fall for once, where the kernel does not say what a policy's hooks have counted.
    mutating func news(_ counters: StageCounters) -> [(stage: StageCounters.Stage, lost: UInt64)] {
        var news: [(StageCounters.Stage, UInt64)] = []
        for stage in stages {
            let (lost, before) = (counters.lost[stage] ?? 0, told[stage] ?? 0)
            guard lost > before else { continue }
            news.append((stage, lost - before))
            told[stage] = lost
        }
        return news
    }
}
