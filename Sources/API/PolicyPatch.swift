import Foundation
import HTTP
import Policy
import Tracing

/// What a PATCH changes: a JSON merge patch (RFC 7396) of a policy's status.
struct PolicyPatch {
    /// Whether the policy reports; nil leaves it as it is.
    let enabled: Bool?
    /// Whether it interferes with calls; nil leaves that as it is.
    let mode: ModeChange?

    private static let types: Set = ["application/merge-patch+json", "application/json"]
    private static let members: Set = ["enabled", "mode"]

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
            throw .badPatch("\"\(other)\" cannot be changed; enabled and mode can")
        }
        enabled = try Self.enabled(object, body)
        mode = try object["mode"].map { value throws(Problem) in try Self.mode(value) }
    }

    private struct Fields: Decodable {
        let enabled: Bool?
    }

    private static func enabled(_ object: [String: Any], _ body: Data) throws(Problem) -> Bool? {
        // The decoder tells truth values from numbers, JSONSerialization does not.
        guard let fields = try? JSONDecoder().decode(Fields.self, from: body),
            !(object["enabled"] is NSNull)
        else { throw .badPatch("enabled is true or false") }
        return fields.enabled
    }

    /// In a merge patch, null takes back what was set.
    private static func mode(_ value: Any) throws(Problem) -> ModeChange {
        if value is NSNull { return .back }
        guard let mode = (value as? String).flatMap(PolicyMode.init(rawValue:)) else {
            throw .badPatch(
                "mode is \"enforce\" or \"monitor\", or null for what the document says")
        }
        return .to(mode)
    }
}
