import ArgumentParser
import Glibc
import HTTP

/// Where `martlet serve` listens, and how.
struct ListenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to listen: HOST:PORT or unix:PATH. May be repeated. Beyond loopback it takes "
                + "tokens and TLS. [MARTLET_LISTEN, separated by commas or spaces]",
            valueName: "address"))
    var listen: [String] = environmentList("MARTLET_LISTEN") ?? ["127.0.0.1:8080"]

    @Option(
        help: ArgumentHelp(
            "Permissions of Unix sockets, octal; who may write may connect. [MARTLET_UNIX_MODE]",
            valueName: "mode"))
    var unixMode: String = environment("MARTLET_UNIX_MODE") ?? "0660"

    @Option(
        help: ArgumentHelp("The group of Unix sockets. [MARTLET_UNIX_GROUP]", valueName: "name"))
    var unixGroup: String?

    @Option(
        help: ArgumentHelp(
            "Serve TCP over TLS with this certificate, and those of its issuers behind it (PEM). "
                + "Read again on SIGHUP. [MARTLET_TLS_CERTIFICATE]", valueName: "file"))
    var tlsCertificate: String?

    @Option(
        help: ArgumentHelp(
            "The certificate's key (PEM), which not everybody may read. Read again with it. "
                + "[MARTLET_TLS_KEY]", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "A name that requests may have in Host, besides those of the listeners. May be "
                + "repeated. [MARTLET_HOST_NAME, separated by commas or spaces]",
            valueName: "name"))
    var hostName: [String] = environmentList("MARTLET_HOST_NAME") ?? []

    /// The texts mean something; what they name is looked at when it is used.
    func validate() throws {
        guard !listen.isEmpty else { throw ValidationError("there is nowhere to listen") }
        _ = try addresses()
        _ = try mode()
        for name in hostName where name.isEmpty || name.contains(where: { ":/@ ".contains($0) }) {
            throw ValidationError(
                "--host-name takes a name such as trace.example.org, without a port, not '\(name)'")
        }
        guard (certificateFile == nil) == (keyFile == nil) else {
            let missing = keyFile == nil ? "--tls-key" : "--tls-certificate"
            throw ValidationError("TLS takes a certificate and its key: \(missing) is missing")
        }
    }

    /// Where to listen.
    func addresses() throws(ValidationError) -> [ListenAddress] {
        var addresses: [ListenAddress] = []
        for text in listen {
            do throws(ListenAddressError) {
                addresses.append(try ListenAddress(parsing: text))
            } catch {
                throw ValidationError("--listen \(text): \(error)")
            }
        }
        return addresses
    }

    /// Who may connect to Unix sockets.
    func permissions() throws -> SocketPermissions {
        let name = unixGroup ?? environment("MARTLET_UNIX_GROUP")
        let group = try name.map { name in
            guard let entry = getgrnam(name) else {
                throw StartFailure(description: "--unix-group \(name): there is no such group")
            }
            return entry.pointee.gr_gid
        }
        return SocketPermissions(mode: try mode(), group: group)
    }

    private func mode() throws(ValidationError) -> UInt32 {
        guard let mode = UInt32(unixMode, radix: 8), mode <= 0o777 else {
            throw ValidationError("--unix-mode is octal, such as 0660, not '\(unixMode)'")
        }
        return mode
    }

    private var certificateFile: String? {
        tlsCertificate ?? environment("MARTLET_TLS_CERTIFICATE")
    }

    private var keyFile: String? { tlsKey ?? environment("MARTLET_TLS_KEY") }

    /// What TLS proves the service's name with; nil without TLS.
    func tlsFiles() throws -> TLSFiles? {
        guard let certificateFile, let keyFile else { return nil }
        do throws(TLSIdentityError) {
            return try TLSFiles(certificate: certificateFile, key: keyFile)
        } catch {
            throw StartFailure(description: "TLS: \(error)")
        }
    }
}

/// A variable of the environment that is a list.
private func environmentList(_ name: String) -> [String]? {
    environment(name)?.split { ", \t\n".contains($0) }.map(String.init)
}
