// swift-tools-version: 6.2
import PackageDescription

let checked: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Targets that call C also mark every unsafe expression.
let touchesC = checked + [.strictMemorySafety()]

/// Tells the loader in bits which pointers to relocate: a list of them, 2 MB in a static program,
/// would be read at start and stay resident.
let packedRelocations = LinkerSetting.unsafeFlags(
    ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"],
    .when(configuration: .release))

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A module and its tests.
///
/// A module imports only what stands above it in `targets`.
func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = checked,
    testedWith: [Target.Dependency] = [], testFiles: [String] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: settings),
        .testTarget(
            name: name + "Tests", dependencies: [.byName(name: name)] + dependencies + testedWith,
            exclude: testFiles, swiftSettings: checked),
    ]
}

let package = Package(
    name: "martlet",
    products: [.executable(name: "martlet", targets: ["martlet"])],
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CWire", path: "bpf/include"),
        .systemLibrary(
            name: "CLibBPF", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
        // The BPF objects, the viewer and the API contract, carried inside the binary.
        .plugin(
            name: "EmbedAssets", capability: .buildTool(), path: "Sources/EmbedAssets"),
        .target(
            name: "Assets", swiftSettings: checked, plugins: ["EmbedAssets"]),
    ]
        + module("Digests", ["CGnuTLS"], settings: touchesC)
        + module("Policy", ["Yams"], testFiles: ["Golden"])
        + module("Lowering", ["Policy", "CWire"], testedWith: ["Filters"])
        + module("Kernel", ["CLibBPF"], settings: touchesC)
        + module("Events", ["CWire"], settings: touchesC)
        + module(
            "HTTP", ["CMicroHTTPD", "CGnuTLS", "CZlib"], settings: touchesC,
            testedWith: ["RawClient"])
        + module(
            "Tracing",
            ["Digests", "Policy", "Lowering", "Kernel", "Events", "Assets", "CWire", logging],
            settings: touchesC)
        + module(
            "API",
            [
                "Digests", "Policy", "Lowering", "Kernel", "Events", "HTTP", "Tracing", "Assets",
                logging,
            ],
            testedWith: ["RawClient", "Yams"])
        + [
            .executableTarget(
                name: "martlet",
                dependencies: [
                    "API", "Tracing", "HTTP", "Events", "Kernel", "Policy", arguments, logging,
                ],
                swiftSettings: checked, linkerSettings: [packedRelocations]),
            // bpf/lib/filters.h as the kernel compiles it, callable from tests.
            .target(
                name: "Filters", path: "Tests/Filters",
                cSettings: [
                    .headerSearchPath("../../bpf/include"), .headerSearchPath("../../bpf/lib"),
                ]),
            // A client that may misbehave.
            .target(
                name: "RawClient", dependencies: ["HTTP", "CGnuTLS", "CZlib"],
                path: "Tests/RawClient", swiftSettings: checked),
            // Hostile input by chance. FakeKernel, LineLengths, RecordBytes and Tree are links to the
            // tests' own.
            .executableTarget(
                name: "fuzz",
                dependencies: [
                    "API", "Tracing", "HTTP", "Kernel", "Events", "Lowering", "Policy", "Assets",
                    "Yams", arguments, logging,
                ],
                path: "Tests/Fuzz", swiftSettings: checked),
            // Makes the system calls that tests and benchmarks trace.
            .executableTarget(name: "syscaller", path: "Tests/Syscaller"),
            .testTarget(
                name: "IntegrationTests", dependencies: ["martlet", "syscaller", "Yams"],
                swiftSettings: checked),
            // The commands that need no kernel.
            .testTarget(
                name: "CommandTests", dependencies: ["martlet"], swiftSettings: checked),
            // IntegrationTests again, in virtual machines.
            .testTarget(
                name: "KernelMatrixTests", dependencies: ["martlet", "syscaller"],
                swiftSettings: checked),
        ]
)
