import Foundation

extension TestFolder {
    /// Makes a certificate for loopback and its key, good from now for a day or between two times,
    /// and returns the paths of their files.
    func certificate(
        from begin: Date = .now, until end: Date = .now + 86_400
    ) async throws -> (certificate: String, key: String) {
        let files = (certificate: path + "/certificate.pem", key: path + "/key.pem")
        let work = try TestFolder()
        let request = work.path + "/request"
        try await openssl(
            [
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=localhost", "-out", request, "-keyout", work.path + "/key",
            ])
        let settings = """
            [ca]
            default_ca = own
            [own]
            database = \(try work.write([], as: "index"))
            new_certs_dir = \(work.path)
            rand_serial = yes
            default_md = sha256
            policy = names
            x509_extensions = extensions
            [names]
            CN = supplied
            [extensions]
            subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1

            """
        // Only this command of OpenSSL 3.0 makes certificates that do not begin now.
        try await openssl(
            [
                "ca", "-batch", "-selfsign", "-notext", "-in", request,
                "-config", try work.write(Array(settings.utf8), as: "settings"),
                "-keyfile", work.path + "/key", "-out", work.path + "/certificate",
                "-startdate", Self.text(of: begin), "-enddate", Self.text(of: end),
            ])
        for (made, file) in [("certificate", files.certificate), ("key", files.key)] {
            guard rename("\(work.path)/\(made)", file) == 0 else {
                throw HarnessError.call("rename")
            }
        }
        return files
    }

    private func openssl(_ arguments: [String]) async throws {
        let run = try await run("/usr/bin/openssl", arguments)
        guard run.status == 0 else { throw HarnessError("openssl: \(run.errors)") }
    }

    /// As ASN.1 has it: `20261128100000Z`.
    private static func text(of date: Date) -> String {
        date.formatted(.iso8601).filter { $0.isNumber || $0 == "Z" }
    }
}
