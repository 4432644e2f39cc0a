import Events

/// Processes, each with those below it.
struct ProcessTree {
    /// A process and where those right below it stand.
    struct Node {
        let process: ProcessSnapshot
        fileprivate(set) var children: [Int] = []
    }

    /// Every level behind the one above it; within a level by the starts.
    private(set) var nodes: [Node] = []
    /// Where the first level stands.
    private(set) var roots: [Int] = []
    /// How many there are, those included that found no room.
    private(set) var total = 0

    /// Levels that are shown: parsers of JSON refuse what is nested much deeper.
    static let deepest = 200

    /// Builds the trees of those in `taken` that are not in another's; of each, the levels nearest
    /// to the root come first, until `limit`.
    init(_ found: [ProcessSnapshot], below taken: Set<UInt32>, limit: Int) {
        let byParent = Dictionary(grouping: found.sorted { $0.id < $1.id }, by: \.parent)
        let parents = Dictionary(uniqueKeysWithValues: found.map { ($0.id.pid, $0.parent) })
        func isInOther(_ process: ProcessSnapshot) -> Bool {
            var above = process.parent
            while let pid = above, !taken.contains(pid) { above = parents[pid] ?? nil }
            return above != nil
        }
        var level = found.filter { taken.contains($0.id.pid) && !isInOther($0) }
            .sorted { $0.id < $1.id }.map { (process: $0, parent: Int?.none) }
        var depth = 0
        while !level.isEmpty {
            total += level.count
            let room = depth < Self.deepest ? limit - nodes.count : 0
            let first = nodes.count
            for (process, parent) in level.prefix(max(0, room)) {
                if let parent {
                    nodes[parent].children.append(nodes.count)
                } else {
                    roots.append(nodes.count)
                }
                nodes.append(Node(process: process))
            }
            level = level.enumerated().flatMap { index, entry in
                (byParent[entry.process.id.pid] ?? []).map {
                    (process: $0, parent: first + index < nodes.count ? first + index : nil)
                }
            }
            depth += 1
        }
    }
}
