import Events

/// One page of a list of processes, in the order of their starts.
///
/// An `exec_id` has a place in this order by itself. So paging goes on behind a process that has
/// ended since, meets every process that runs all the while, and none twice under one `exec_id`.
struct ProcessPage {
    let processes: [ProcessSnapshot]
    /// How many there are on all pages.
    let total: Int
    /// Whether there are more behind these.
    let hasMore: Bool

    init(_ found: [ProcessSnapshot], after last: ProcessID?, limit: Int) {
        let rest = found.filter { process in last.map { $0 < process.id } ?? true }
            .sorted { $0.id < $1.id }
        processes = Array(rest.prefix(limit))
        total = found.count
        hasMore = rest.count > limit
    }
}
