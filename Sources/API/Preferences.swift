import HTTP

/// What a client prefers, as `Accept` and `Accept-Encoding` list it (RFC 9110, 12.4).
struct Preferences {
    /// Values in lower case without parameters, and their qualities in thousandths.
    private var items: [(value: String, quality: Int)] = []

    /// Reads the values of a header field.
    init(_ fields: [String]) {
        for item in fields.flatMap({ $0.split(separator: ",") }) {
            let parts = item.split(separator: ";").map { part in
                part.filter { $0 != " " && $0 != "\t" }.lowercased()
            }
            guard let value = parts.first, !value.isEmpty else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
            items.append((value, quality.map { Self.thousandths($0.dropFirst(2)) } ?? 1000))
        }
    }

    /// `0.5` as 500; what is no quality is the lowest that is one.
    private static func thousandths(_ text: Substring) -> Int {
        guard let quality = Double(text), quality > 0 else { return 0 }
        return Int(min(quality, 1) * 1000)
    }

    /// The one of these media types that the client likes best, the first of equals; nil where it
    /// takes none of them.
    func best(of types: [String]) -> String? {
        guard !items.isEmpty else { return types.first }
        var best: (type: String, quality: Int)?
        for type in types where quality(ofType: type) > best?.quality ?? 0 {
            best = (type, quality(ofType: type))
        }
        return best?.type
    }

    /// The most specific range decides.
    private func quality(ofType type: String) -> Int {
        let ranges = [type, type.prefix { $0 != "/" } + "/*", "*/*"]
        for range in ranges {
            if let item = items.first(where: { $0.value == range }) { return item.quality }
        }
        return 0
    }

    /// Whether the client asks for this coding; without being asked, none is used.
    func takes(coding: String) -> Bool {
        let item = items.first { $0.value == coding } ?? items.first { $0.value == "*" }
        return item?.quality ?? 0 > 0
    }
}

extension RequestHead {
    /// The media types that the client wants.
    var accepted: Preferences { Preferences(headers.values("Accept")) }
    /// The codings that the client wants.
    var acceptedCodings: Preferences { Preferences(headers.values("Accept-Encoding")) }
}
