/// A process and its family as they were when the table was asked.
public struct ProcessLineage: Sendable {
    /// The process; it may have ended, or run something else since.
    public let process: ProcessSnapshot
    /// Whether it runs what the process says.
    public let isRunning: Bool
    /// What is above it, the nearest first: its parent, or what it ran before.
    public let ancestors: [ProcessSnapshot]
    /// What runs right below it, in no order.
    public let children: [ProcessSnapshot]
}

extension ProcessTable {
    /// Levels that a lineage goes up at most.
    private static let highest = 128

    /// A process and its family.
    ///
    /// - Parameters:
    ///   - pid: The number that the `exec_id` names.
    ///   - execID: Base64, as events show it.
    /// - Returns: nil where the table does not know it any more. It knows the processes that run,
    ///   those that ended a moment ago, and what is above either of them.
    public func lineage(of pid: UInt32, execID: [UInt8]) -> ProcessLineage? {
        guard let entry = find(pid, execID) else { return nil }
        let ancestors = sequence(first: entry, next: above).dropFirst().prefix(Self.highest)
        let children = entries.values.filter { $0.end == nil && isChild($0, of: entry) }
        return ProcessLineage(
            process: snapshot(entry),
            isRunning: entry.end == nil && entries[pid] === entry,
            ancestors: ancestors.map(snapshot), children: children.map(snapshot))
    }

    /// What a process runs or ran; only where it is above others that takes a walk over the table.
    private func find(_ pid: UInt32, _ execID: [UInt8]) -> ProcessEntry? {
        func climb(from entry: ProcessEntry?) -> ProcessEntry? {
            var current = entry
            while let candidate = current, candidate.pid != pid || candidate.execID != execID {
                current = candidate.parent
            }
            return current
        }
        if let found = climb(from: entries[pid]) { return found }
        for entry in entries.values {
            if let found = climb(from: entry) { return found }
        }
        return nil
    }

    // MARK: - Above

    /// The parent, or what the process ran before.
    ///
    /// An entry with many above it has forgotten its parent, which may be there all the same.
    private func above(_ entry: ProcessEntry) -> ProcessEntry? {
        if let parent = entry.parent { return parent }
        guard !entry.parentExecID.isEmpty, let known = entries[entry.task.parent],
            known.execID == entry.parentExecID
        else { return nil }
        return known
    }

    /// What the process of an entry runs now, if it has not ended.
    private func current(_ entry: ProcessEntry) -> ProcessEntry? {
        guard let known = entries[entry.pid], known.end == nil, known.start == entry.start else {
            return nil
        }
        return known
    }

    /// Below whom a process stands in the tree: the nearest one above it that runs.
    ///
    /// Its parent may have replaced its program since, or have ended and left its children.
    func holder(of entry: ProcessEntry) -> ProcessEntry? {
        for candidate in sequence(first: entry, next: above).dropFirst() {
            if let known = current(candidate), known !== entry { return known }
        }
        return nil
    }

    /// Whether a process stands right below another, which need not run any more: between them is
    /// nobody who runs.
    private func isChild(_ entry: ProcessEntry, of other: ProcessEntry) -> Bool {
        guard entry !== other else { return false }
        for candidate in sequence(first: entry, next: above).dropFirst() {
            // It, or what it was before.
            if candidate.pid == other.pid, candidate.start == other.start,
                candidate.identity <= other.identity
            {
                return true
            }
            if let known = current(candidate), known !== entry { return false }
        }
        return false
    }
}
