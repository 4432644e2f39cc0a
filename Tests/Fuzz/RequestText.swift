@testable import HTTP

/// A request as a text, which a person can read and change: what it would be on the wire.
struct RequestText {
    let request: Request
    /// Why the daemon would not pass it on.
    var fault: TransportProblem? { request.head.fault }

    /// Reads what there is; where something is missing, it is empty.
    init(_ bytes: [UInt8]) {
        let end = bytes.firstRange(of: Array("\n\n".utf8)) ?? bytes.endIndex..<bytes.endIndex
        var lines = bytes[..<end.lowerBound].split(separator: UInt8(ascii: "\n"))[...]
        let words = (lines.popFirst() ?? []).split(separator: UInt8(ascii: " "), maxSplits: 1)
            .map { String(decoding: $0, as: UTF8.self) }
        let target = words.count > 1 ? words[1] : "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers = Headers()
        for line in lines {
            let field = line.split(
                separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false
            ).map { String(decoding: $0, as: UTF8.self) }
            headers.add(field[0], field.count > 1 ? String(field[1].drop { $0 == " " }) : "")
        }
        let head = RequestHead(
            method: words.first ?? "", target: parts.first.map(String.init) ?? "",
            query: parts.count > 1 ? Self.items(of: parts[1]) : [], headers: headers,
            peer: .tcp(address: "127.0.0.1", port: 1), id: 1)
        request = Request(head: head, body: Array(bytes[end.upperBound...]))
    }

    private static func items(of query: Substring) -> [QueryItem] {
        query.split(separator: "&").map { item in
            let parts = item.replacing("+", with: " ").split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return QueryItem(
                name: String(percentDecoding: parts[0]),
                value: parts.count > 1 ? String(percentDecoding: parts[1]) : "")
        }
    }
}
