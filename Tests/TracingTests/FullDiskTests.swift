import Foundation
import Testing

@testable import Tracing

@Suite("A full disk", .requiresBPF)
struct FullDiskTests {
    /// Gives this thread mounts of its own, which go with the process, and a small disk at `path`.
    private static func mountDisk(at path: String, kibibytes: Int) throws {
        // unshare(2), which the module of the C library does not have.
        let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "unshare"))
        let unshare = unsafeBitCast(symbol, to: (@convention(c) (CInt) -> CInt).self)
        let (newMounts, allPrivate): (CInt, UInt) = (0x20000, 1 << 18 | 1 << 14)
        try #require(unshare(newMounts) == 0)
        try #require(mount("none", "/", nil, allPrivate, nil) == 0)
        try #require(mount("none", path, "tmpfs", 0, "size=\(kibibytes)k") == 0)
    }

    @Test("what does not fit is refused, what was stored stays, and there is room again")
    func full() async throws {
        let folder = Folder()
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true)
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            try Self.mountDisk(at: path, kibibytes: 64)
            let store = try PolicyStore(directory: path)
            let small = [UInt8](repeating: 1, count: 8_000)
            let large = [UInt8](repeating: 2, count: 100_000)
            try store.save(small, as: "a")
            for name in ["a", "b"] {
                let failure = #expect(throws: PolicyStore.Failure.self) {
                    try store.save(large, as: name)
                }
                #expect(failure?.number == ENOSPC)
                #expect(failure?.description.hasSuffix(": No space left on device") == true)
            }
            let failure = #expect(throws: PolicyStore.Failure.self) {
                try store.save([("a", [3]), ("b", large)])
            }
            #expect(failure?.number == ENOSPC)
            for store in [store, try PolicyStore(directory: path)] {
                #expect(store.documents().map(\.name) == ["a"])
                #expect(store.documents().map(\.bytes) == [small])
                #expect(try store.versions(of: "a").map(\.number) == [1])
            }
            try store.save(small, as: "b")
            try store.save([3], as: "a")
            #expect(store.documents().map(\.bytes) == [[3], small])
        }
        #expect(folder.files.isEmpty, "the disk was the other process's own")
    }
}
