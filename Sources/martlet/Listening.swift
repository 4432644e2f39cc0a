import API
import HTTP

/// Where the service is reached: sockets that are taken, so that whoever connects waits.
struct Listening {
    let sockets: [ListenSocket]
    /// What the service's name is proved with; nil without TLS.
    let tls: TLSFiles?
    /// Names that requests may have in `Host`, besides those of the listeners.
    let hostNames: [String]

    /// Takes every address, some of which only those with full rights may.
    ///
    /// Throws ``StartFailure``, and leaves none taken then.
    init(_ options: ListenOptions, hasAdminTokens: Bool) throws {
        let addresses = try options.addresses()
        tls = try options.tlsFiles()
        hostNames = options.hostName
        do throws(Exposure) {
            try Exposure.check(addresses, hasAdminTokens: hasAdminTokens, hasTLS: tls != nil)
        } catch {
            throw StartFailure(description: error.description)
        }
        let permissions = try options.permissions()
        sockets = try addresses.map { address in
            do throws(HTTPError) {
                return try ListenSocket(at: address, permissions: permissions)
            } catch {
                throw StartFailure(description: "listening on \(address): \(error)")
            }
        }
    }
}
