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
    /// `GET /v1/policies listPolicies`, for every operation of openapi/openapi.yaml.
    private func documented() throws -> Set<String> {
        let bytes = try #require(Asset.at("openapi/openapi.yaml")?.bytes)
        let document = try #require(
            try Yams.load(yaml: String(decoding: bytes, as: UTF8.self)) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        var operations: Set<String> = []
        for (path, item) in paths {
            for (method, operation) in item where Self.methods.contains(method) {
                let operation = try #require(operation as? [String: Any])
                let name = try #require(operation["operationId"] as? String)
                operations.insert("\(method.uppercased()) \(path) \(name)")
            }
        }
        return operations
    }

    private static let methods: Set = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace",
    ]

    /// The same of the route table; what stands for several segments is not told apart.
    private func served() async throws -> Set<String> {
        let folder = NSTemporaryDirectory() + "martlet-contract-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = try await TracingService(
            options: .init(stateDirectory: folder, logBytes: 0),
            access: KernelAccess(measuresRuns: false), logger: logger)
        let address = try ListenAddress(parsing: "127.0.0.1:0")
        let router = API.router(for: service, addresses: [address], logger: logger)
        await service.stop()
        let routes = router.routes.map { route in
            "\(route.method) \(route.path.replacing("...}", with: "}")) \(route.operation)"
        }
        #expect(routes.count == Set(routes).count)
        return Set(routes)
    }

    @Test("every route is in openapi.yaml, and every operation there has its route")
    func bothWays() async throws {
        let (served, documented) = (try await served(), try documented())
        #expect(served.subtracting(documented).sorted() == [], "undocumented")
        #expect(documented.subtracting(served).sorted() == [], "not served")
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
