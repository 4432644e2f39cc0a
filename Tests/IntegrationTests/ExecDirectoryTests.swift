import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The working directory of a program")
    struct ExecDirectoryTests {
        @Test("a directory is shown whole: the root, one that was removed, one of 4,000 bytes")
        func whole() async throws {
            let scene = try await LifeScene()
            try await scene.check(
                "chdir:/", "exec:\(scene.program)",
                edit: {
                    #expect($0.cwd == "/")
                    $0.flags = "execve rootcwd clone"
                })
            let gone = try scene.folder.folder("gone")
            try await scene.check(
                "chdir:\(gone)", "rmdir:\(gone)", "exec:\(scene.program)",
                edit: {
                    #expect($0.cwd == gone + " (deleted)")
                    $0.cwd = gone
                })
            let deep = try scene.folder.folder(Self.names(4_000 - scene.folder.path.utf8.count - 1))
            #expect(deep.utf8.count == 4_000)
            try await scene.check(
                "chdir:\(deep)", "exec:\(scene.program)", edit: { #expect($0.cwd == deep) })
        }

        @Test("of a path that is too long to be named at once, the inner end is shown")
        func tooDeep() async throws {
            let scene = try await LifeScene()
            let outer = try scene.folder.folder(Self.names(3_000))
            // Made elsewhere and then moved, since no call takes the whole path.
            let inner = try scene.folder.folder("inner/" + Self.names(3_000))
            let top = scene.folder.path + "/inner"
            try FileManager.default.moveItem(atPath: top, toPath: outer + "/inner")
            // Nor would one remove it.
            defer { try? FileManager.default.moveItem(atPath: outer + "/inner", toPath: top) }
            let relative = inner.dropFirst(scene.folder.path.utf8.count + 1)
            let whole = outer + "/" + relative
            let shown = Self.innerEnd(of: whole)
            try await scene.check(
                "chdir:\(outer)", "chdir:\(relative)", "exec:\(scene.program)",
                cwd: shown,
                edit: {
                    $0.flags = "execve clone errorPathResolutionCwd"
                    $0.more["truncated"] = ["cwd": .number(whole.utf8.count)]
                })
        }

        /// A relative path of so many bytes.
        private static func names(_ size: Int) -> String {
            let text = (0..<size).map { $0 % 101 == 100 ? "/" : "d" }.joined()
            return text.hasSuffix("/") ? text.dropLast() + "d" : text
        }

        /// As many whole names as 4,096 bytes hold, each with its end.
        private static func innerEnd(of path: String) -> String {
            var names: [Substring] = []
            var room = 4096
            for name in path.split(separator: "/").reversed() {
                room -= name.utf8.count + 1
                guard room >= 0 else { break }
                names.append(name)
            }
            return "/" + names.reversed().joined(separator: "/")
        }
    }
}
