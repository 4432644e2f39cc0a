import CGnuTLS

/// The client's end of a TLS connection over a socket.
final class TLSSession {
    private var session: gnutls_session_t?
    private var credentials: gnutls_certificate_credentials_t?

    /// Shakes hands, and believes whatever certificate the server has.
    init(_ descriptor: CInt, priorities: String) throws {
        gnutls_init(&session, UInt32(GNUTLS_CLIENT.rawValue))
        gnutls_certificate_allocate_credentials(&credentials)
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials.map { .init($0) })
        guard gnutls_priority_set_direct(session, priorities, nil) == 0 else {
            throw ClientError(description: "priorities '\(priorities)'")
        }
        gnutls_transport_set_int2(session, descriptor, descriptor)
        let status = gnutls_handshake(session)
        guard status == 0 else {
            throw ClientError(description: "handshake: \(reason(status))")
        }
    }

    deinit {
        gnutls_deinit(session)
        gnutls_certificate_free_credentials(credentials)
    }

    /// The server's certificate, DER.
    var peerCertificate: [UInt8]? {
        var count: UInt32 = 0
        guard let first = gnutls_certificate_get_peers(session, &count), count > 0 else {
            return nil
        }
        return Array(UnsafeBufferPointer(start: first.pointee.data, count: Int(first.pointee.size)))
    }

    func send(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        let count = gnutls_record_send(session, bytes.baseAddress, bytes.count)
        guard count > 0 else { throw ClientError(description: "send: \(reason(CInt(count)))") }
        return count
    }

    /// Some bytes; 0 where the server said that it was done.
    func receive(_ buffer: inout [UInt8]) throws -> Int {
        let count = gnutls_record_recv(session, &buffer, buffer.count)
        guard count >= 0 else { throw ClientError(description: "recv: \(reason(CInt(count)))") }
        return count
    }

    private func reason(_ status: CInt) -> String { String(cString: gnutls_strerror(status)) }
}
