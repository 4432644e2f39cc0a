import Assets
import Foundation
import HTTP
import Kernel
import Logging
import Testing
import Tracing
import Yams

@testable import API

@Suite("The contract", .requiresBPF)
struct ContractTests {
    /// An operation, and who may call it.
    private struct Operation: Hashable, CustomStringConvertible {
        /// `GET /v1/policies listPolicies`.
        let name: String
        /// As `security` has it: the schemes that do, with the scopes that they must have; empty
        /// where nothing is needed.
        let security: [String: [String]]

        var description: String { "\(name) \(security.sorted { $0.key < $1.key })" }
    }

    /// Every operation of openapi/openapi.yaml.
    private func documented() throws -> Set<Operation> {
        let document = try contract()
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        var operations: Set<Operation> = []
        for (path, item) in paths {
            for (method, operation) in item where Self.methods.contains(method) {
                let operation = try #require(operation as? [String: Any])
                let name = try #require(operation["operationId"] as? String)
                let security = try #require(
                    operation["security"] as? [[String: [String]]], "\(name)")
                // Every way is one scheme, but the last, of a service without tokens.
                #expect(security.dropLast().allSatisfy { $0.count == 1 }, "\(name)")
                #expect(security.last?.isEmpty ?? true, "\(name)")
                operations.insert(
                    Operation(
                        name: "\(method.uppercased()) \(path) \(name)",
                        security: security.reduce(into: [:]) { $0.merge($1) { $0 + $1 } }))
            }
        }
        return operations
    }

    @Test("a gap's reasons, and the types that may be asked for, are those of the contract")
    func names() throws {
        let components = try #require(try contract()["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let whole = try #require(schemas["Gap"]?["properties"] as? [String: [String: Any]])
        let gap = try #require(whole["gap"]?["properties"] as? [String: [String: Any]])
        #expect(gap["reason"]?["enum"] as? [String] == Gap.Reason.allCases.map(\.name))
        #expect(
            schemas["EventType"]?["enum"] as? [String] == FrameKind.askedFor.map(\.rawValue))
    }

    private func contract() throws -> [String: Any] {
        let bytes = try #require(Asset.at("openapi/openapi.yaml")?.bytes)
        return try #require(
            try Yams.load(yaml: String(decoding: bytes, as: UTF8.self)) as? [String: Any])
    }

    private static let methods: Set = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace",
    ]

    /// The same of the route table; what stands for several segments is not told apart.
    private func served() async throws -> Set<Operation> {
        let folder = NSTemporaryDirectory() + "martlet-contract-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = try await TracingService(
            options: .init(stateDirectory: folder, logBytes: 0),
            access: KernelAccess(measuresRuns: false), logger: logger)
        let address = try ListenAddress(parsing: "127.0.0.1:0")
        let router = API.router(
            for: service, addresses: [address],
            access: try AccessControl(files: TokenFiles(), logger: logger),
            audit: AuditLog(logger), logger: logger)
        await service.stop()
        let routes = router.routes.map { route in
            let path = route.path.replacing("...}", with: "}")
            return Operation(
                name: "\(route.method) \(path) \(route.operation)", security: Self.security(route))
        }
        #expect(routes.count == Set(routes).count)
        return Set(routes)
    }

    private static func security(_ route: Route) -> [String: [String]] {
        guard route.needs > .open else { return [:] }
        // A session begins with a token.
        let schemes = route.operation == "beginSession" ? ["bearer"] : ["bearer", "session"]
        return Dictionary(uniqueKeysWithValues: schemes.map { ($0, [route.needs.name]) })
    }

    @Test("every route is in openapi.yaml with whom it is for, and every operation has its route")
    func bothWays() async throws {
        let (served, documented) = (try await served(), try documented())
        #expect(served.subtracting(documented).map(\.description).sorted() == [], "undocumented")
        #expect(documented.subtracting(served).map(\.description).sorted() == [], "not served")
    }

    @Test("the schemes are those that the service takes, and what may be refused says so")
    func schemes() throws {
        let document = try contract()
        let components = try #require(document["components"] as? [String: Any])
        let schemes = try #require(components["securitySchemes"] as? [String: [String: Any]])
        #expect(schemes.keys.sorted() == ["bearer", "session"])
        #expect(schemes["bearer"]?["type"] as? String == "http")
        #expect(schemes["bearer"]?["scheme"] as? String == "bearer")
        #expect(schemes["session"]?["type"] as? String == "apiKey")
        #expect(schemes["session"]?["in"] as? String == "cookie")
        #expect(schemes["session"]?["name"] as? String == Sessions.cookie)
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        for (method, operation) in paths.values.joined() where Self.methods.contains(method) {
            let operation = try #require(operation as? [String: Any])
            let answers = try #require(operation["responses"] as? [String: Any])
            let security = operation["security"] as? [Any]
            #expect((answers["401"] != nil) == (security?.isEmpty == false), "\(operation)")
            #expect(answers["403"] != nil, "\(operation)")
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where the process may not load BPF programs.
    static var requiresBPF: Self {
        .enabled("needs root and kernel BTF") {
            geteuid() == 0 && access("/sys/kernel/btf/vmlinux", R_OK) == 0
        }
    }
}
