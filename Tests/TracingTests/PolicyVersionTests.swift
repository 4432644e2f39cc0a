import Foundation
import Kernel
import Testing

@testable import Tracing

/// Why a change failed; nil where it did not.
private func outcome(
    _ change: () throws(PolicyStore.Failure) -> Void
) -> PolicyStore.Failure? {
    do throws(PolicyStore.Failure) {
        try change()
        return nil
    } catch {
        return error
    }
}

@Suite("Versions in the state directory")
struct PolicyVersionTests {
    private func text(_ number: Int) -> [UInt8] { Array("document \(number)".utf8) }

    @Test("each document of a policy has a number, and the last ten are kept")
    func numbers() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        #expect(store.version(of: "a") == 1)
        for number in 1...13 {
            try store.save(text(number), as: "a")
            #expect(store.version(of: "a") == number)
        }
        let versions = try PolicyStore(directory: folder.path).versions(of: "a")
        #expect(versions.map(\.number) == (4...13).reversed())
        #expect(versions.map(\.document) == (4...13).reversed().map(text))
        #expect(folder.files == ["a.old", "a.yaml"])
        #expect(folder.files(in: "/a.old").count == 9)
        let now = SystemTime.realtime
        #expect(versions.allSatisfy { $0.stored <= now && $0.stored > now - 600_000_000_000 })
        #expect(versions.map(\.stored) == versions.map(\.stored).sorted(by: >))
    }

    @Test("versions go with their policy, and another one of the name begins again")
    func removed() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try store.save(text(1), as: "a")
        try store.save(text(2), as: "a")
        try store.save(text(1), as: "b")
        try store.remove("a")
        #expect(folder.files == ["b.yaml"])
        try store.save(text(7), as: "a")
        #expect(try store.versions(of: "a").map(\.number) == [1])
    }

    @Test("versions whose policy a crash has left without a document go at the next start")
    func leftOvers() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        for number in 1...2 { try store.save(text(number), as: "a") }
        try FileManager.default.removeItem(atPath: folder.path + "/policies/a.yaml")
        _ = try PolicyStore(directory: folder.path)
        #expect(folder.files == [])
    }

    @Test("a crash between keeping a version and replacing it leaves one of each number")
    func interrupted() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try store.save(text(1), as: "a")
        try store.keepVersion(of: "a")
        let again = try PolicyStore(directory: folder.path)
        #expect(again.version(of: "a") == 1)
        #expect(try again.versions(of: "a").map(\.document) == [text(1)])
        try again.save(text(2), as: "a")
        #expect(try again.versions(of: "a").map(\.number) == [2, 1])
        #expect(try again.versions(of: "a").map(\.document) == [text(2), text(1)])
    }

    @Test("a document that fails at any step leaves what was there", arguments: [false, true])
    func faults(isNew: Bool) throws {
        for step in 0... {
            let folder = Folder()
            let store = try PolicyStore(directory: folder.path)
            if !isNew { for number in 1...2 { try store.save(text(number), as: "a") } }
            let fault = InjectedFault(after: step)
            let failure = InjectedFault.$current.withValue(fault) {
                outcome { () throws(PolicyStore.Failure) in try store.save(text(3), as: "a") }
            }
            guard fault.hasStruck else {
                #expect(failure == nil)
                #expect(store.documents().map(\.bytes) == [text(3)])
                #expect(step >= (isNew ? 5 : 8))
                return
            }
            #expect(failure?.number == ENOMEM)
            for store in [store, try PolicyStore(directory: folder.path)] {
                #expect(store.documents().map(\.bytes) == (isNew ? [] : [text(2)]), "\(step)")
                guard !isNew else { continue }
                #expect(try store.versions(of: "a").map(\.document) == [text(2), text(1)])
                #expect(try store.versions(of: "a").map(\.number) == [2, 1])
            }
        }
    }
}

@Suite("Sets of documents in the state directory")
struct PolicySetStoreTests {
    private let set = [("a", [UInt8](repeating: 1, count: 9)), ("b", [2])]

    @Test("a set is stored as its documents, with their versions")
    func stored() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try store.save([7], as: "b")
        try store.save(set)
        #expect(store.documents().map(\.bytes) == set.map(\.1))
        #expect(folder.files == ["a.yaml", "b.old", "b.yaml"])
        #expect(try store.versions(of: "b").map(\.document) == [[2], [7]])
    }

    @Test("a set that fails at any step leaves what was there, here and after a restart")
    func faults() throws {
        for step in 0... {
            let folder = Folder()
            let store = try PolicyStore(directory: folder.path)
            try store.save([7], as: "b")
            let fault = InjectedFault(after: step)
            let failure = InjectedFault.$current.withValue(fault) {
                outcome { () throws(PolicyStore.Failure) in try store.save(set) }
            }
            guard fault.hasStruck else {
                #expect(step >= 8)
                return
            }
            let again = try PolicyStore(directory: folder.path)
            // Behind the instant in which it is stored, nothing takes it back.
            #expect(
                again.documents().map(\.bytes) == (failure == nil ? set.map(\.1) : [[7]]), "\(step)"
            )
        }
    }

    @Test("a set that a crash interrupts is there wholly or not at all")
    func crashes() throws {
        for folderName in [".set", ".stored"] {
            let folder = Folder()
            try PolicyStore(directory: folder.path).save([7], as: "b")
            let path = folder.path + "/policies/" + folderName
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            for (name, document) in set {
                try Data(document).write(to: URL(filePath: "\(path)/\(name).yaml"))
            }
            let store = try PolicyStore(directory: folder.path)
            let isStored = folderName == ".stored"
            #expect(store.documents().map(\.bytes) == (isStored ? set.map(\.1) : [[7]]))
            #expect(folder.files == (isStored ? ["a.yaml", "b.yaml"] : ["b.yaml"]))
        }
    }

    @Test("a place that is taken by a folder is found before the set is stored")
    func takenPlace() throws {
        let folder = Folder()
        let store = try PolicyStore(directory: folder.path)
        try FileManager.default.createDirectory(
            atPath: folder.path + "/policies/b.yaml", withIntermediateDirectories: false)
        let failure = #expect(throws: PolicyStore.Failure.self) { try store.save(set) }
        #expect(
            failure?.description == "renaming to \(folder.path)/policies/b.yaml: Is a directory")
        #expect(folder.files == ["b.yaml"])
    }
}

@Suite("One process for a state directory")
struct DirectoryLockTests {
    @Test("a directory that is taken says by whom, and can be taken when that one is gone")
    func taken() throws {
        let folder = Folder()
        var lock: DirectoryLock? = try DirectoryLock(directory: folder.path + "/made")
        let failure = #expect(throws: DirectoryLock.InUse.self) {
            try DirectoryLock(directory: folder.path + "/made")
        }
        #expect(
            failure?.description
                == "the state directory \(folder.path)/made is in use by process \(getpid()); stop "
                + "that one, or give this one another with --state-dir")
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try DirectoryLock(directory: folder.path + "/made")
    }
}
