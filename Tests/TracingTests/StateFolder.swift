import Foundation

@testable import Tracing

/// A state directory that goes when the test ends.
final class Folder {
    let path = NSTemporaryDirectory() + "martlet-store-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What is in it for policies.
    var files: [String] { files(in: "") }

    func files(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/policies" + folder)) ?? [])
            .sorted()
    }
}

extension PolicyStore.Stored {
    var bytes: [UInt8]? { try? document.get() }
}
