import HTTP
import RawClient
import Testing

/// A certificate for a daemon, and clients that do not look at it.
struct TLSScene {
    let files: TLSFiles

    init() throws {
        let folder = try TestFolder()
        let (certificate, key) = try folder.certificate("own")
        files = try TLSFiles(certificate: certificate, key: key)
    }

    /// A client that has shaken hands with the first listener.
    static func client(_ daemon: Daemon, receiveBuffer: CInt? = nil) throws -> Client {
        let client = try Client(daemon, receiveBuffer: receiveBuffer)
        try client.startTLS()
        return client
    }

    /// Checks that the service answers, and has nothing left of those that went before.
    static func expectWorking(_ daemon: Daemon) throws {
        do {
            let client = try client(daemon)
            #expect(try client.get("/after").text == "GET /after\n")
        }
        #expect(eventually { daemon.aliveExchanges == 0 })
    }
}
