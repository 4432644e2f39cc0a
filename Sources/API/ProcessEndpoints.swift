import Events
import HTTP
import Tracing

/// `/v1/processes`: who runs, and who is above and below.
struct ProcessEndpoints: Sendable {
    let reader: EventReader

    var routes: [Route] {
        [
            Route("listProcesses", "GET", "/v1/processes", needs: .read, respond: list),
            Route("getProcess", "GET", "/v1/processes/{exec_id}", needs: .read, respond: get),
        ]
    }

    private func list(_ request: Request, _ path: PathParameters) async throws -> Response {
        let query = try ProcessQuery(request)
        var json = JSONWriter(capacity: 64 * 1024)
        switch query.view {
        case .list:
            let (found, asOf) = await reader.ask { $0.running(query.filter) }
            json.append(
                ProcessPage(found, after: query.after, limit: query.limit), asOf: asOf)
        case .tree:
            let (found, asOf) = await reader.ask { $0.forest(query.filter) }
            json.append(
                ProcessTree(found.all, below: found.taken, limit: query.limit), asOf: asOf)
        }
        return .json(json)
    }

    private func get(_ request: Request, _ path: PathParameters) async throws -> Response {
        let execID = path["exec_id"]
        guard let id = ProcessID(execID: execID) else { throw Problem.noExecID(execID) }
        let (lineage, asOf) = await reader.ask { table in
            table.lineage(of: id.pid, execID: Array(execID.utf8))
        }
        guard let lineage else { throw Problem.noSuchProcess(execID) }
        var json = JSONWriter(capacity: 16 * 1024)
        json.append(lineage, asOf: asOf)
        return .json(json)
    }
}

extension JSONWriter {
    /// Children that are shown of one process, at most.
    private static let mostChildren = 1_000

    fileprivate mutating func append(_ page: ProcessPage, asOf: EventID) {
        append(asOf)
        append(",\"count\":")
        append(page.processes.count)
        append(",\"total\":")
        append(page.total)
        appendList(page.processes, named: "processes") { $1.append($0.json) }
        append(",\"next\":")
        if page.hasMore, let last = page.processes.last {
            append("\"")
            append(last.execID)
            append("\"}\n")
        } else {
            append("null}\n")
        }
    }

    fileprivate mutating func append(_ tree: ProcessTree, asOf: EventID) {
        append(asOf)
        append(",\"count\":")
        append(tree.nodes.count)
        append(",\"total\":")
        append(tree.total)
        append(",\"left_out\":")
        append(tree.total - tree.nodes.count)
        appendList(tree.roots, named: "processes") { $1.append(tree, $0) }
        append("}\n")
    }

    private mutating func append(_ tree: ProcessTree, _ index: Int) {
        let node = tree.nodes[index]
        append("{\"process\":")
        append(node.process.json)
        appendList(node.children, named: "children") { $1.append(tree, $0) }
        append("}")
    }

    fileprivate mutating func append(_ lineage: ProcessLineage, asOf: EventID) {
        append(asOf)
        append(",\"running\":")
        if lineage.isRunning { append("true") } else { append("false") }
        append(",\"process\":")
        append(lineage.process.json)
        appendList(lineage.ancestors, named: "ancestors") { $1.append($0.json) }
        let children = ProcessPage(lineage.children, after: nil, limit: Self.mostChildren)
        appendList(children.processes, named: "children") { $1.append($0.json) }
        append(",\"children_left_out\":")
        append(children.total - children.processes.count)
        append("}\n")
    }

    /// Begins an answer with the event up to which it is true.
    private mutating func append(_ asOf: EventID) {
        append("{\"as_of\":")
        append(quoted: "\(asOf)")
    }
}
