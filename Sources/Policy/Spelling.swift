/// The candidate that `word` is most likely a misspelling of.
///
/// Letters count as equal whatever their case, and an exchanged pair as one mistake. A candidate with
/// more than one mistake in three letters is no candidate.
///
/// - Parameters:
///   - word: What was written.
///   - candidates: What could have been meant; on a tie, the first wins.
/// - Returns: The nearest candidate, or nil where none is near.
public func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    guard word.utf8.count <= 128 else { return nil }
    let written = Array(word.lowercased().utf8)
    var nearest: String?
    var limit = max(1, written.count / 3)
    for candidate in candidates where abs(candidate.utf8.count - written.count) <= limit {
        let distance = mistakes(in: written, for: Array(candidate.lowercased().utf8))
        guard distance < limit || (distance == limit && nearest == nil) else { continue }
        nearest = candidate
        limit = distance
    }
    return nearest
}

/// The optimal string alignment distance: insertions, deletions, changes and exchanged neighbours.
private func mistakes(in written: [UInt8], for meant: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...meant.count)
    for (row, byte) in written.enumerated() {
        var current = [row + 1]
        for (column, other) in meant.enumerated() {
            var cost = min(
                last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, byte == meant[column - 1], written[row - 1] == other {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        beforeLast = last
        last = current
    }
    return last[meant.count]
}
