import Foundation
import Policy
import Testing

@testable import Tracing

@Suite("The state directory")
struct PolicyStoreTests {
    private func names(_ store: PolicyStore) -> [String] { store.documents().map(\.name) }

    @Test("documents come back byte by byte after a restart, sorted by name")
    func roundTrip() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        #expect(names(store) == [])
        let odd: [UInt8] = [0x00, 0x0D, 0x0A, 0xFF] + Array("a: é\n".utf8)
        try store.save(odd, as: "b")
        try store.save([], as: "a.yaml")
        try store.save([UInt8](repeating: 0x41, count: 1 << 20), as: "c")
        let again = try PolicyStore(directory: folder.path)
        #expect(names(again) == ["a.yaml", "b", "c"])
        #expect(again.documents()[0].bytes == [])
        #expect(again.documents()[1].bytes == odd)
        #expect(again.documents()[2].bytes?.count == 1 << 20)
        #expect(folder.files == ["a.yaml.yaml", "b.yaml", "c.yaml"])
    }

    @Test("a document that is saved again replaces the old one")
    func replaced() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try store.save(Array("a long document".utf8), as: "a")
        try store.save(Array("new".utf8), as: "a")
        #expect(store.documents().map(\.bytes) == [Array("new".utf8)])
        #expect(folder.files == ["a.old", "a.yaml"])
    }

    @Test("a removed document is gone, and removing it again is harmless")
    func removed() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try store.save([1], as: "a")
        try store.save([2], as: "b")
        try store.remove("a")
        try store.remove("a")
        #expect(names(try PolicyStore(directory: folder.path)) == ["b"])
    }

    @Test("a mode that a policy was given comes back, until it is taken back or the policy goes")
    func modes() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try store.save([1], as: "a")
        #expect(store.mode(of: "a") == nil)
        try store.setMode(nil, of: "a")
        for mode in [PolicyMode.monitor, .enforce] {
            try store.setMode(ModeOverride(mode, version: 3), of: "a")
            let again = try PolicyStore(directory: folder.path)
            #expect(again.mode(of: "a") == ModeOverride(mode, version: 3))
        }
        #expect(store.mode(of: "b") == nil)
        #expect(names(store) == ["a"])
        try store.setMode(nil, of: "a")
        #expect(store.mode(of: "a") == nil)
        try store.setMode(ModeOverride(.monitor, version: 1), of: "a")
        try store.remove("a")
        #expect(folder.files == [])
    }

    @Test(
        "a mode that cannot be read stands for one that enforces nothing",
        arguments: ["", "enforce", "enforce x\n", "Enforce 1\n", "enforce 1 2\n", "\u{0}"])
    func damagedMode(text: String) throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try Data(text.utf8).write(to: URL(filePath: folder.path + "/policies/a.mode"))
        let mode = try #require(store.mode(of: "a"))
        #expect(mode.mode == .monitor)
        #expect(mode.isDamaged)
    }

    @Test("a file that cannot be read is there with the reason, and can be moved aside")
    func unreadable() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try store.save([1], as: "b")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/policies/a.yaml", withIntermediateDirectories: false)
        let stored = store.documents()
        #expect(stored.map(\.name) == ["a", "b"])
        #expect(throws: PolicyStore.Failure.self) { try stored[0].document.get() }
        #expect(try store.moveAside("a") == folder.path + "/policies/a.corrupt")
        #expect(folder.files == ["a.corrupt", "b.yaml"])
        #expect(names(store) == ["b"])
    }

    @Test("drafts that a crash left are removed, other files are left alone and not read")
    func leftOvers() throws {
        let folder = Folder()
        try PolicyStore(directory: folder.path).save([1], as: "a")
        for name in ["a.yaml.new", ".new", "notes.txt"] {
            try Data("half".utf8).write(to: URL(filePath: "\(folder.path)/policies/\(name)"))
        }
        let store = try PolicyStore(directory: folder.path)
        #expect(folder.files == ["a.yaml", "notes.txt"])
        #expect(names(store) == ["a"])
    }

    @Test("a name that is too long for a file is an error, and leaves nothing behind")
    func longestName() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        // With .yaml behind it, it has the 255 bytes that file systems allow.
        try store.save([1], as: String(repeating: "a", count: 250))
        #expect(names(store).map(\.count) == [250])
        let failure = #expect(throws: PolicyStore.Failure.self) {
            try store.save([1], as: String(repeating: "b", count: 251))
        }
        #expect(failure?.number == ENAMETOOLONG)
        #expect(folder.files.count == 1)
    }

    @Test("only the owner can read what is stored")
    func permissions() throws {
        let folder = Folder()
        try PolicyStore(directory: folder.path).save([1], as: "a")
        func mode(_ path: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + path)
            return try #require(attributes[.posixPermissions] as? Int)
        }
        #expect(try mode("/policies") == 0o700)
        #expect(try mode("/policies/a.yaml") == 0o600)
    }

    @Test("a directory that cannot be made is an error that names it")
    func unusable() throws {
        // Not one without permissions: root may do everything.
        let failure = #expect(throws: PolicyStore.Failure.self) {
            try PolicyStore(directory: "/dev/null/martlet")
        }
        #expect(failure?.description == "creating /dev/null/martlet/policies: Not a directory")
    }

    @Test("a document that cannot be written is an error, and leaves nothing behind")
    func unwritable() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try FileManager.default.createDirectory(
            atPath: folder.path + "/policies/a.yaml", withIntermediateDirectories: false)
        let renaming = #expect(throws: PolicyStore.Failure.self) { try store.save([1], as: "a") }
        #expect(
            renaming?.description == "renaming to \(folder.path)/policies/a.yaml: Is a directory")
        #expect(folder.files == ["a.yaml"])
        try FileManager.default.removeItem(atPath: folder.path)
        let creating = #expect(throws: PolicyStore.Failure.self) { try store.save([1], as: "a") }
        #expect(creating?.operation == "creating")
        #expect(creating?.number == ENOENT)
    }
}
