import HTTP
import Policy
import Testing
import Tracing

@testable import API

@Suite("What a client asks to have changed")
struct ChangeTests {
    private func request(
        _ method: String, type: String? = nil, query: [(String, String)] = [], body: String = ""
    ) -> Request {
        var headers: Headers = [:]
        headers["Content-Type"] = type
        headers["Content-Length"] = "\(body.utf8.count)"
        let head = RequestHead(
            method: method, target: "/v1/policies/a",
            query: query.map { QueryItem(name: $0.0, value: $0.1) }, headers: headers)
        return Request(head: head, body: Array(body.utf8))
    }

    // MARK: - PATCH

    @Test(
        "a patch switches on or off, gives a mode or takes it back, or leaves all as it is")
    func patches() throws {
        let patches: [(body: String, enabled: Bool?, mode: ModeChange?)] = [
            (#"{"enabled": false}"#, false, nil), ("{\"enabled\":true}\n", true, nil),
            (#"{"mode": "monitor"}"#, nil, .to(.monitor)),
            (#"{"mode": "enforce", "enabled": true}"#, true, .to(.enforce)),
            (#"{"mode": null}"#, nil, .back), ("{}", nil, nil),
        ]
        for (body, enabled, mode) in patches {
            let patch = try PolicyPatch(request("PATCH", body: body))
            #expect(patch.enabled == enabled)
            #expect(patch.mode == mode)
        }
    }

    @Test(
        "a patch is JSON, and is believed to be without a type",
        arguments: [
            nil, "application/merge-patch+json", "application/json",
            "Application/Merge-Patch+JSON; charset=utf-8",
        ])
    func patchTypes(type: String?) throws {
        let request = request("PATCH", type: type, body: #"{"enabled": true}"#)
        #expect(try PolicyPatch(request).enabled == true)
    }

    @Test(
        "another type of body is refused with those that are taken",
        arguments: ["application/yaml", "application/json-patch+json", "text/plain", ""])
    func otherPatchTypes(type: String) {
        let problem = #expect(throws: Problem.self) {
            try PolicyPatch(request("PATCH", type: type, body: #"{"enabled": true}"#))
        }
        #expect(problem?.status == 415)
        #expect(problem?.type == "unsupported-media-type")
        #expect(problem?.detail == "a change is application/merge-patch+json, not \(type)")
        #expect(
            problem?.headers["Accept-Patch"]
                == "application/merge-patch+json, application/json")
    }

    private static let noMode =
        "mode is \"enforce\" or \"monitor\", or null for what the document says"
    private static let noObject = "the body is not a JSON object, such as {\"enabled\": false}"

    @Test(
        "a patch that means nothing is refused, and changes nothing",
        arguments: [
            ("", noObject), ("enabled: false", noObject), ("[]", noObject), ("false", noObject),
            (#"{"enabled": false"#, noObject), ("\u{0}", noObject),
            (#"{"enabled": null}"#, "enabled is true or false"),
            (#"{"enabled": "false"}"#, "enabled is true or false"),
            (#"{"enabled": 0}"#, "enabled is true or false"),
            (#"{"enabled": {}}"#, "enabled is true or false"),
            (#"{"mode": "monitor_only"}"#, noMode), (#"{"mode": "Monitor"}"#, noMode),
            (#"{"mode": true}"#, noMode), (#"{"mode": 1}"#, noMode), (#"{"mode": {}}"#, noMode),
            (#"{"mode": ["monitor"]}"#, noMode), (#"{"enabled": true, "mode": ""}"#, noMode),
            (#"{"enabled": 1, "mode": "monitor"}"#, "enabled is true or false"),
            (
                #"{"enabled": false, "name": "b"}"#,
                "\"name\" cannot be changed; enabled and mode can"
            ),
            (#"{"Enabled": false}"#, "\"Enabled\" cannot be changed; enabled and mode can"),
        ])
    func nonsense(body: String, detail: String) {
        let problem = #expect(throws: Problem.self) {
            try PolicyPatch(request("PATCH", body: body))
        }
        #expect(problem?.status == 422)
        #expect(problem?.type == "bad-patch")
        #expect(problem?.detail == detail)
    }

    // MARK: - ?dry_run=

    @Test("a document is tried by its format, or by the kernel, or meant")
    func trials() throws {
        #expect(try DryRun(request("POST")) == nil)
        #expect(try DryRun(request("POST", query: [("dry_run", "validate")])) == .validate)
        #expect(try DryRun(request("PUT", query: [("dry_run", "load")])) == .load)
        let twice = [("dry_run", "load"), ("dry_run", "validate")]
        #expect(try DryRun(request("PUT", query: twice)) == .validate)
    }

    @Test(
        "what is misspelt installs nothing",
        arguments: [
            ("dry_run", "", "dry_run is validate or load, not \"\""),
            ("dry_run", "true", "dry_run is validate or load, not \"true\""),
            ("dry_run", "Load", "dry_run is validate or load, not \"Load\""),
            ("dryRun", "load", "unknown parameter \"dryRun\"; there is dry_run"),
            ("", "", "unknown parameter \"\"; there is dry_run"),
        ])
    func misspelt(name: String, value: String, detail: String) {
        let problem = #expect(throws: Problem.self) {
            try DryRun(request("POST", query: [(name, value)]))
        }
        #expect(problem?.status == 400)
        #expect(problem?.type == "bad-query")
        #expect(problem?.detail == detail)
    }
}
