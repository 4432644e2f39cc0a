import Foundation
import HTTP

/// What a PATCH changes: a JSON merge patch (RFC 7396) of a policy's status.
struct PolicyPatch {
    /// Whether the policy reports; nil leaves it as it is.
    let enabled: Bool?

    private struct Fields: Decodable {
        let enabled: Bool?
    }

    private static let types: Set = ["application/merge-patch+json", "application/json"]
    private static let members: Set = ["enabled"]

    /// Reads the body.
    init(_ request: Request) throws(Problem) {
        guard request.announcesBody else { throw .lengthRequired }
        if let field = request.headers["Content-Type"] {
            let type = field.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            guard Self.types.contains(type) else { throw .notAPatch(field) }
        }
        let body = Data(request.body)
        guard let object = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] else {
            throw .badPatch("the body is not a JSON object, such as {\"enabled\": false}")
        }
        if let other = object.keys.filter({ !Self.members.contains($0) }).min() {
            throw .badPatch(
                other == "mode"
                    ? "\"mode\" cannot be changed: no policy has actions to enforce yet; enabled can"
                    : "\"\(other)\" cannot be changed; enabled can")
        }
        guard let fields = try? JSONDecoder().decode(Fields.self, from: body),
            !(object["enabled"] is NSNull)
        else { throw .badPatch("enabled is true or false") }
        enabled = fields.enabled
    }
}
