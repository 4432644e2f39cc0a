import API

/// Requests to begin with: every route, with what it takes.
struct RequestExamples {
    let routes: [Route]
    private let policies = PolicyExamples()

    /// Policies that may be installed: they report what process 1 does, which is little.
    static let harmless: [[UInt8]] = ["sys_pipe2", "sys_getgroups", "sys_socketpair"].map { call in
        Array(
            """
            apiVersion: cilium.io/v1alpha1
            kind: TracingPolicy
            metadata: {name: \(call.replacing("_", with: "-"))}
            spec:
              kprobes:
              - call: \(call)
                selectors: [{matchPIDs: [{operator: In, values: [1]}]}]

            """.utf8)
    }

    func request(_ random: inout SplitMix) -> [UInt8] {
        let route = random.one(of: routes)
        var method = route.method
        if random.chance(10) { method = random.one(of: Self.methods) }
        var lines = ["\(method) \(target(route.path, &random))"]
        if random.chance(95) { lines.append("Host: localhost") }
        while random.chance(40) { lines.append(field(&random)) }
        var body: [UInt8] = []
        if ["POST", "PUT", "PATCH"].contains(method) || random.chance(5) {
            body = self.body(method, &random)
            lines.append("Content-Length: \(body.count)")
        }
        return Array((lines.joined(separator: "\n") + "\n\n").utf8) + body
    }

    private static let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "",
        "\u{0}",
    ]

    private func target(_ path: String, _ random: inout SplitMix) -> String {
        let parts = path.split(separator: "/").map { part in
            part.hasPrefix("{") && random.chance(95) ? random.one(of: Self.segments) : String(part)
        }
        var target = "/" + parts.joined(separator: "/")
        if random.chance(3) { target = random.one(of: Self.targets) }
        if random.chance(10) { target = random.one(of: Self.authorities) + target }
        let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            random.one(of: Self.names) + random.one(of: ["=", "", "=="])
                + random.one(of: Self.values)
        }
        return target + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }

    private static let targets = [
        "*", "", "//", "/%", "/v1/%2e%2e", "localhost:80", "[::1]:80", "v1/policies", "http:",
    ]

    /// What makes a URI of a path, or nearly; where the last `Host` is another, it is refused.
    private static let authorities = [
        "http://localhost", "HTTP://LocalHost:80", "https://localhost:443", "http://localhost:",
        "http://evil.example", "http://user@localhost", "http://", "http:/", "ftp://localhost",
        "http://[::1]", "http://[", "http://localhost:99999", "localhost", "http://localhost\\@a",
    ]

    private static let segments = [
        "sys-pipe2", "sys-getgroups", "none", "1", "0", "index.html", "app.js", "%00", "%2F",
        "%E9", "..", "a%0d%0ab", "bG9jYWxob3N0OjE6MQ==", "%22%5C", "99999999999999999999",
    ]

    private static let names = [
        "type", "policy", "pid", "namespace_pid", "binary", "binary_prefix", "function", "fields",
        "since", "limit", "timeout", "view", "after", "q", "dry_run", "version", "x", "",
    ]

    private static let values = [
        "", "1", "0", "-1", "+1", "18446744073709551616", "4294967296", "process_kprobe", "policy",
        "gap", "heartbeat", "now", "oldest", "0-0", "5f-18446744073709551615", "ffffffff-1",
        "2026-11-23T09:02:58Z", "0000-00-00T00:00:00Z", "9999-12-31T23:59:60.999999999%2B23:59",
        "tree", "list", "validate", "load", "/bin/sh", "%22", "%00", "%ff%fe", "a,b,-c", ".",
        "process.pid", "-process", "process..pid", "sys_pipe2", "pipe", "*", "%", "é",
        "bG9jYWxob3N0OjE6MQ%3D%3D", String(repeating: "a.", count: 200),
        String(repeating: "9", count: 400),
    ]

    private func field(_ random: inout SplitMix) -> String {
        "\(random.one(of: Self.fieldNames)): \(random.one(of: Self.fieldValues))"
    }

    private static let fieldNames = [
        "Accept", "Accept-Encoding", "Content-Type", "If-Match", "If-None-Match", "Origin",
        "Last-Event-ID", "Host", "Expect", "Prefer", "Range", "X", "Cookie",
    ]

    private static let fieldValues = [
        "*/*", "*", "application/json", "application/yaml", "text/event-stream",
        "application/x-ndjson", "gzip", "gzip;q=0", "br, gzip;q=0.5", "text/html;q=1e9",
        "application/json;q=-1, */*;q=0.0001", ";;;,,,=", "\"\"", "\"a\", W/\"b\"", "\"",
        "http://localhost", "http://evil.example", "null", "localhost:80", "[::1]", "0-0",
        "application/merge-patch+json", "application/x-www-form-urlencoded", "é\u{1}",
        String(repeating: "a,", count: 1000), String(repeating: "x", count: 17_000),
    ]

    private func body(_ method: String, _ random: inout SplitMix) -> [UInt8] {
        if method == "PATCH" {
            return Array(
                random.one(of: [
                    #"{"enabled":false}"#, #"{"enabled":true}"#, #"{"enabled":null}"#, "{}", "[]",
                    #"{"enabled":1,"enabled":true}"#, #"{"mode":"enforce"}"#, "{\"\\ud800\":1}",
                    String(repeating: "[", count: 3000), "\u{FEFF}{}", "nul", "1e999",
                ]).utf8)
        }
        // Installing and deleting take the kernel longer than everything else together.
        if random.chance(3) { return random.one(of: Self.harmless) }
        let documents = (0..<(random.chance(20) ? 3 : 1)).map { _ in policies.document(&random) }
        return Array(documents.joined(separator: Array("\n---\n".utf8)))
    }
}
