import Dispatch
import Foundation
import Glibc
import HTTP
import RawClient
import Synchronization
import Testing

extension HTTPSuite {
    @Suite("Unix sockets")
    struct UnixSocketTests {
        private let folder: TestFolder
        private let path: String
        private let address: ListenAddress

        init() throws {
            folder = try TestFolder()
            path = folder.path + "/s"
            address = .unix(path: path)
        }

        @Test("a peer is a process and its user, and its requests have the listener")
        func peer() async throws {
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    let listener = request.listener?.description ?? ""
                    return text(200, "\(request.peer) \(listener) \(request.isTLS)")
                }), on: address.description)
            #expect(daemon.addresses == [address])
            let answer = try await blocking { try Client(daemon).get("/").text }
            #expect(answer == "unix:uid=\(geteuid()),pid=\(getpid()) unix:\(path) false")
        }

        @Test("the file has its mode and its group", arguments: [0o660, 0o604])
        func permissions(mode: UInt32) throws {
            // Another group can be given by root alone.
            let group = geteuid() == 0 ? 4242 : getegid()
            let socket = try ListenSocket(
                at: address, permissions: SocketPermissions(mode: mode, group: group))
            var status = stat()
            #expect(lstat(path, &status) == 0)
            #expect(status.st_mode == S_IFSOCK | mode)
            #expect(status.st_gid == group)
            #expect(status.st_uid == geteuid())
            withExtendedLifetime(socket) {}
        }

        @Test("a path of 107 bytes can be used")
        func longestPath() async throws {
            let long =
                folder.path + "/" + String(repeating: "x", count: 106 - folder.path.utf8.count)
            let daemon = try startDaemon(on: "unix:" + long)
            #expect(try await blocking { try Client(daemon).get("/").status } == 200)
            #expect(access(long, F_OK) == 0)
        }

        @Test("a socket that a dead service left is replaced")
        func stale() async throws {
            try Self.leaveStale(path)
            let daemon = try startDaemon(on: address.description)
            #expect(try await blocking { try Client(daemon).get("/").status } == 200)
        }

        @Test("a socket that is served stays, and who wants its path is told")
        func live() async throws {
            let daemon = try startDaemon(on: address.description)
            let error = #expect(throws: HTTPError.self) { try ListenSocket(at: address) }
            #expect(error?.description == "cannot bind unix:\(path): Address already in use")
            #expect(try await blocking { try Client(daemon).get("/").status } == 200)
        }

        @Test("so does one of another program, which knows nothing of our lock")
        func foreign() throws {
            let descriptor = try Self.bound(path)
            defer { close(descriptor) }
            #expect(listen(descriptor, 1) == 0)
            let error = #expect(throws: HTTPError.self) { try ListenSocket(at: address) }
            #expect(error?.operation == .bind(address))
            #expect(error?.number == EADDRINUSE)
            #expect(try folder.names == ["s"])
        }

        @Test("what is no socket is never removed", arguments: ["file", "folder", "link"])
        func otherFiles(kind: String) throws {
            switch kind {
            case "file": _ = try folder.write("mine", as: "s")
            case "folder": #expect(mkdir(path, 0o700) == 0)
            default: #expect(symlink(try folder.write("mine", as: "target"), path) == 0)
            }
            let before = try folder.names
            let error = #expect(throws: HTTPError.self) { try ListenSocket(at: address) }
            #expect(error?.operation == .replaceFile(address))
            #expect(
                error?.description
                    == "cannot bind unix:\(path): there is a file that is no socket; remove it, or "
                    + "choose another path")
            #expect(try folder.names == before)
            if kind == "file" {
                #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
            }
        }

        @Test("a folder that does not exist is named")
        func noFolder() throws {
            let error = #expect(throws: HTTPError.self) {
                try ListenSocket(at: .unix(path: path + "/none/s"))
            }
            #expect(
                error?.description == "cannot lock \(path)/none/s.lock: No such file or directory")
        }

        @Test("nothing is left when it stops, and when nobody ever served it")
        func removal() async throws {
            let daemon = try startDaemon(on: address.description)
            #expect(try folder.names == ["s", "s.lock"])
            await Task.detached { daemon.stop() }.value
            #expect(try folder.names == [])
            do {
                let socket = try ListenSocket(at: address)
                #expect(try folder.names == ["s", "s.lock"])
                withExtendedLifetime(socket) {}
            }
            #expect(try folder.names == [])
        }

        @Test("a file that took its place stays when it stops")
        func replaced() async throws {
            let daemon = try startDaemon(on: address.description)
            #expect(unlink(path) == 0)
            let descriptor = try Self.bound(path)
            defer { close(descriptor) }
            await Task.detached { daemon.stop() }.value
            #expect(try folder.names == ["s"])
        }

        @Test("of two that find a stale socket at once, one gets the path and keeps it")
        func race() async throws {
            let (path, address) = (path, address)
            for _ in 0..<200 {
                try Self.leaveStale(path)
                try await blocking {
                    let race = Race()
                    for _ in 0..<2 { Thread { race.run(to: address) }.start() }
                    for _ in 0..<2 { #expect(race.finished.wait(timeout: .now() + 10) == .success) }
                    #expect(race.winners.withLock { $0.count } == 1)
                    #expect(Self.connect(to: path) == 0)
                    race.winners.withLock { $0 = [] }
                }
            }
        }

        @Test("one that has stopped reading is cut off, and one that is idle is not")
        func deaf() async throws {
            var limits = Limits()
            limits.acknowledgement = 1
            let (idle, flood) = (Numbers(), Flood())
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/idle" ? stream(idle) : stream(flood) }),
                on: address.description, limits: limits)
            try await blocking {
                let client = try Client(daemon)
                try client.send("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.readHead()
                let other = try Client(daemon)
                try other.send("GET /deaf HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually(within: .seconds(30)) { flood.lifecycle.closedCount == 1 })
                idle.produce()
                #expect(try client.readChunk() == [0, 0, 0, 0, 0, 0, 0, 0])
                idle.finish()
                #expect(try client.readChunk() == nil)
                #expect(eventually { daemon.aliveExchanges == 0 })
                withExtendedLifetime(other) {}
            }
        }

        // MARK: - Other programs

        /// A socket that is bound to a path, and does not listen.
        private static func bound(_ path: String) throws -> CInt {
            let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            let status = withAddress(of: path) { bind(descriptor, $0, $1) }
            guard status == 0 else { throw FolderError(description: "bind: \(errno)") }
            return descriptor
        }

        /// Leaves what a service leaves that is killed.
        private static func leaveStale(_ path: String) throws {
            let descriptor = try bound(path)
            #expect(listen(descriptor, 1) == 0)
            close(descriptor)
        }

        /// Connects and leaves; gives the status of `connect`.
        private static func connect(to path: String) -> CInt {
            let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            return withAddress(of: path) { Glibc.connect(descriptor, $0, $1) }
        }

        private static func withAddress(
            of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
        ) -> CInt {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
    }
}

/// Two threads that want the same path in the same moment.
private final class Race: Sendable {
    let winners = Mutex<[ListenSocket]>([])
    let finished = DispatchSemaphore(value: 0)
    private let arrived = Atomic(0)

    func run(to address: ListenAddress) {
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
        if let socket = try? ListenSocket(at: address) { winners.withLock { $0.append(socket) } }
        finished.signal()
    }
}
