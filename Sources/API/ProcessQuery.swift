import Events
import Foundation
import HTTP

/// What a client wants of the processes that run.
struct ProcessQuery: Sendable {
    var filter = ProcessFilter()
    var view = View.list
    /// Processes in an answer, at most.
    var limit: Int
    /// The last one that the client has seen.
    var after: ProcessID?

    /// How processes are laid out.
    enum View: String, CaseIterable {
        /// One after the other, by their starts.
        case list
        /// Each below the nearest above it that runs.
        case tree

        fileprivate var limits: (usual: Int, most: Int) {
            switch self {
            case .list: (100, 1_000)
            case .tree: (1_000, 10_000)
            }
        }
    }

    /// Reads the query.
    init(_ request: Request) throws(Problem) {
        var limit: Int?
        for item in request.query {
            switch item.name {
            case "view": view = try Self.view(item.value)
            case "pid": filter.pids = (filter.pids ?? []).union([try Self.pid(item.value)])
            case "binary":
                filter.binaries = (filter.binaries ?? []).union([Array(item.value.utf8)])
            case "limit": limit = try Self.number(item.value)
            case "after": after = try Self.id(item.value)
            default:
                throw .badQuery(
                    "unknown parameter \"\(item.name)\"; "
                        + "there are view, binary, pid, limit and after")
            }
        }
        let (usual, most) = view.limits
        self.limit = limit ?? usual
        guard self.limit <= most else {
            throw .badQuery(
                "limit is a number from 1 to \(most) with view=\(view.rawValue), "
                    + "not \"\(self.limit)\"")
        }
        guard view == .list || after == nil else {
            throw .badQuery("after goes through view=list; of a tree, pid picks the roots")
        }
    }

    private static func view(_ text: String) throws(Problem) -> View {
        guard let view = View(rawValue: text) else {
            throw .badQuery("view is list or tree, not \"\(text)\"")
        }
        return view
    }

    private static func pid(_ text: String) throws(Problem) -> UInt32 {
        guard let pid = UInt32(text), !text.hasPrefix("+") else {
            throw .badQuery("pid is a number, not \"\(text)\"")
        }
        return pid
    }

    private static func number(_ text: String) throws(Problem) -> Int {
        guard let number = Int(text), number > 0, !text.hasPrefix("+") else {
            throw .badQuery("limit is a number from 1, not \"\(text)\"")
        }
        return number
    }

    private static func id(_ text: String) throws(Problem) -> ProcessID {
        guard let id = ProcessID(execID: text.asBase64) else {
            throw .badQuery("after is the exec_id of a process, not \"\(text)\"")
        }
        return id
    }
}

extension ProcessID {
    /// Reads an `exec_id`, base64 of `node:time:pid`; nil where the text is none.
    init?(execID text: String) {
        guard let bytes = Data(base64Encoded: text) else { return nil }
        // The node's name may have colons.
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .suffix(2).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 2, bytes.count > parts[0].utf8.count + parts[1].utf8.count + 1,
            let identity = UInt64(parts[0]), let pid = UInt32(parts[1])
        else { return nil }
        self.init(identity: identity, pid: pid)
    }
}

extension String {
    /// The text with `+` where a form's decoding made a space of it, which base64 never has.
    var asBase64: String { String(map { $0 == " " ? "+" : $0 }) }
}
