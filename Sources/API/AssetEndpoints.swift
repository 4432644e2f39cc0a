import Assets
import HTTP

/// The viewer and the contract: files that were compiled into the binary.
///
/// Looked up in a fixed list; no request's path ever becomes a file's.
struct AssetEndpoints: Sendable {
    private let files: [String: [UInt8]]

    /// Decodes every file of the viewer.
    init() {
        var files: [String: [UInt8]] = [:]
        for asset in Asset.below("public/") {
            files[String(asset.path.dropFirst("public".count))] = asset.bytes
        }
        self.files = files
    }

    var routes: [Route] {
        [
            Route("getViewer", "GET", "/", needs: .open, produces: []) { _, _ in
                try serve("/index.html")
            },
            Route("getOpenAPI", "GET", "/openapi.yaml", needs: .open, produces: []) { _, _ in
                let document = Asset.at("openapi/openapi.yaml")?.bytes ?? []
                return Response(
                    status: 200, headers: Self.headers(type: "application/yaml"),
                    body: .bytes(document))
            },
            Route("getAsset", "GET", "/{asset...}", needs: .open, produces: []) { request, _ in
                try serve(request.path)
            },
        ]
    }

    private func serve(_ path: String) throws(Problem) -> Response {
        guard let file = files[path] else { throw .noSuchPath(path) }
        let type = Self.types[path.split(separator: ".").last ?? ""] ?? "application/octet-stream"
        return Response(
            status: 200, headers: Self.headers(type: type), body: .bytes(file))
    }

    private static let types: [Substring: String] = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "yaml": "application/yaml", "json": "application/json",
        "md": "text/markdown; charset=utf-8",
    ]

    /// Event data is hostile, so the viewer may run and load nothing but itself.
    private static func headers(type: String) -> Headers {
        [
            "Content-Type": type,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": AnswerHeaders.viewerPolicy,
        ]
    }
}
