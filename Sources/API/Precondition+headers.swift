import HTTP
import Tracing

extension Precondition {
    /// Reads `If-Match` and `If-None-Match`.
    ///
    /// - Throws: that one of them is no list of entity tags.
    init(_ headers: Headers) throws(Problem) {
        self.init(
            match: try Self.documents("If-Match", headers, isWeak: false),
            noneMatch: try Self.documents("If-None-Match", headers, isWeak: true))
    }

    /// A weak tag is no tag of a document's bytes, which `If-Match` is about (RFC 9110, 13.1).
    private static func documents(
        _ name: String, _ headers: Headers, isWeak: Bool
    ) throws(Problem) -> Documents? {
        let values = headers.values(name)
        guard !values.isEmpty else { return nil }
        let items = values.joined(separator: ",").split(separator: ",")
            .map { item in item.filter { $0 != " " && $0 != "\t" } }
        if items == ["*"] { return .any }
        var tags: Set<String> = []
        for item in items {
            let tag = item.hasPrefix("W/") ? item.dropFirst(2) : item[...]
            guard tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else {
                throw .badHeader(
                    "\(name) is * or a list of tags in quotes, such as \"9f2c4e11b07ad35c\"")
            }
            if isWeak || !item.hasPrefix("W/") { tags.insert(String(tag)) }
        }
        return .tagged(tags)
    }
}
