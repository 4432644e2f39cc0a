import Foundation

/// A file that was compiled into the binary: a BPF object, a page of the viewer, the API contract.
public struct Asset: Sendable {
    /// Where the file stands in the repository; BPF objects are `bpf/<program>.bpf.o`.
    public let path: String
    private let base64: StaticString

    init(path: String, base64: StaticString) {
        self.path = path
        self.base64 = base64
    }

    /// The file's bytes.
    public var bytes: [UInt8] {
        // Written by `base64` during the build, so it decodes.
        [UInt8](Data(base64Encoded: base64.description) ?? Data())
    }

    /// Every asset below `folder`, which ends with a slash.
    public static func below(_ folder: String) -> [Asset] {
        all.filter { $0.path.hasPrefix(folder) }
    }

    /// The asset at `path`, or nil where the build carried none.
    public static func at(_ path: String) -> Asset? {
        all.first { $0.path == path }
    }
}
