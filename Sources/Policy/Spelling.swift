/// The candidate that `word` is most likely a misspelling of.
///
/// Letters count as equal whatever their case, and an exchanged pair as one mistake. A candidate with
/// more than one mistake in three letters is no candidate.
///
/// - Parameters:
///   - word: What was written.
///   - candidates: What could have been meant; on a tie, the one that begins and ends most like
///     the word wins, then the first.
/// - Returns: The nearest candidate, or nil where none is near.
public func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    guard word.utf8.count <= 128 else { return nil }
    let written = Array(word.lowercased().utf8)
    var nearest: (candidate: String, ends: Int)?
    var limit = max(1, written.count / 3)
    for candidate in candidates where abs(candidate.utf8.count - written.count) <= limit {
        let meant = Array(candidate.lowercased().utf8)
        let distance = mistakes(in: written, for: meant)
        let ends = equalEnds(written, meant)
        guard distance < limit || (distance == limit && ends > nearest?.ends ?? -1) else {
            continue
        }
        nearest = (candidate, ends)
        limit = distance
    }
    return nearest?.candidate
}

/// Letters that two words have in common where they begin and where they end.
private func equalEnds(_ one: [UInt8], _ other: [UInt8]) -> Int {
    func common(_ pairs: some Sequence<(UInt8, UInt8)>) -> Int {
        pairs.prefix { $0.0 == $0.1 }.count
    }
    return common(zip(one, other)) + common(zip(one.reversed(), other.reversed()))
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
