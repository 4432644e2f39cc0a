import Events
import Tracing

extension JSONWriter {
    /// Appends what the stages have counted, as an object: every stage, in the order of the stages.
    mutating func append(_ counters: StageCounters) {
        append("{\"events\":")
        append(count: counters.events)
        append(",\"filtered\":")
        append(count: counters.filtered)
        append(",\"log_overwritten\":")
        append(count: counters.logOverwritten)
        append(",\"lost\":{")
        for (index, stage) in StageCounters.Stage.allCases.enumerated() {
            if index > 0 { append(",") }
            append(quoted: stage.rawValue)
            append(":")
            append(count: counters.lost[stage] ?? 0)
        }
        append("}}")
    }
}
