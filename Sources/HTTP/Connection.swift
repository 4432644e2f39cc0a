import CMicroHTTPD
import Glibc

/// A peer's connection (`struct MHD_Connection`). libmicrohttpd owns it.
///
/// Valid until the completed callback of its current request returns; a suspended connection
/// cannot get there.
// Sendable: `resume()` is for any thread, and everything else is only called in its callbacks.
@safe struct Connection: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = unsafe handle }

    /// Takes the connection out of its thread's event loop (`MHD_suspend_connection`).
    ///
    /// > The only safe way to call this function is to call it from the
    /// > MHD_AccessHandlerCallback or MHD_ContentReaderCallback.
    func suspend() { unsafe MHD_suspend_connection(handle) }

    /// Puts it back, from any thread (`MHD_resume_connection`).
    ///
    /// > Calling this function on a connection that was not previously suspended will result in
    /// > undefined behavior.
    func resume() { unsafe MHD_resume_connection(handle) }

    /// Seconds of silence it may keep; 0 for any (`MHD_set_connection_option`).
    func allowSilence(seconds: Int) {
        unsafe mhd_set_timeout(handle, UInt32(clamping: seconds))
    }

    /// Sends a response, its body read from the stream where one is given (`MHD_queue_response`).
    ///
    /// False where libmicrohttpd refused it.
    func queue(_ response: Response, stream: BodyStream?, onMessage: (String) -> Void) -> Bool {
        guard let made = unsafe makeResponse(response, stream: stream) else { return false }
        // The connection holds it from here on, or nobody does.
        defer { unsafe MHD_destroy_response(made) }
        for field in response.headers.fields
        where unsafe MHD_add_response_header(made, field.name, field.value) != .YES {
            onMessage("left out the response header '\(field.name)': it is not valid there")
        }
        return unsafe MHD_queue_response(handle, UInt32(response.status), made) == .YES
    }

    /// The socket, open until the connection callback has said that it is closed; -1 where there is
    /// none (`MHD_get_connection_info`).
    var socket: CInt { unsafe mhd_socket(handle) }

    /// Has its TLS session, which has not begun, prove the service's name by this; the identity must
    /// outlive the session (`MHD_get_connection_info`).
    ///
    /// False where it cannot, and nobody will shake hands.
    func prove(by identity: TLSIdentity) -> Bool {
        guard let session = unsafe mhd_tls_session(handle) else { return false }
        return unsafe identity.prove(OpaquePointer(session))
    }

    /// Who is at the other end (`MHD_get_connection_info`).
    var peer: Peer {
        guard let address = unsafe mhd_peer(handle) else { return .unknown }
        return switch unsafe CInt(address.pointee.sa_family) {
        case AF_UNIX: unsafe .ofSocket(mhd_socket(handle))
        case AF_INET: unsafe .ofAddress(address, size: MemoryLayout<sockaddr_in>.size)
        case AF_INET6: unsafe .ofAddress(address, size: MemoryLayout<sockaddr_in6>.size)
        default: .unknown
        }
    }

    /// The request's header fields, or its query as it is on the wire but for `+`, which is a
    /// space already (`MHD_get_connection_values_n`).
    func fields(_ kind: MHD_ValueKind) -> Headers {
        var fields = Headers()
        _ = unsafe withUnsafeMutablePointer(to: &fields) {
            unsafe MHD_get_connection_values_n(handle, kind, collectField, $0)
        }
        return fields
    }
}

extension Peer {
    /// The process that connected to a socket in the file system (`getsockopt`).
    fileprivate static func ofSocket(_ descriptor: CInt) -> Peer {
        var credentials = mhd_credentials()
        var size = socklen_t(MemoryLayout<mhd_credentials>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0
        else { return .unknown }
        return .unix(uid: credentials.uid, gid: credentials.gid, pid: credentials.pid)
    }

    /// The peer with this IP address (`getnameinfo`).
    fileprivate static func ofAddress(_ address: UnsafePointer<sockaddr>, size: Int) -> Peer {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
            // An address with its zone needs less than 64 bytes, a port 6.
            guard let host = text.baseAddress else { return .unknown }
            let port = unsafe host + 64
            let numeric = NI_NUMERICHOST | NI_NUMERICSERV
            guard unsafe getnameinfo(address, socklen_t(size), host, 64, port, 64, numeric) == 0,
                let number = unsafe UInt16(String(cString: port))
            else { return .unknown }
            return .tcp(address: unsafe String(cString: host), port: number)
        }
    }
}

/// A response that nobody holds yet; a stream is released with it.
private func makeResponse(_ response: Response, stream: BodyStream?) -> OpaquePointer? {
    switch response.body {
    case .bytes(let bytes):
        return unsafe bytes.withUnsafeBytes {
            // MUST_COPY: the pointer is never written to, although C does not say so.
            let data = unsafe UnsafeMutableRawBufferPointer(mutating: $0).baseAddress
            return unsafe MHD_create_response_from_buffer($0.count, data, .RESPMEM_MUST_COPY)
        }
    case .stream:
        guard let stream else { return nil }
        return unsafe stream.makeResponse()
    }
}

/// One field for `Connection.fields` (`MHD_KeyValueIteratorN`).
private func collectField(
    _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind,
    _ name: UnsafePointer<CChar>?, _ nameSize: Int,
    _ value: UnsafePointer<CChar>?, _ valueSize: Int
) -> MHD_Result {
    guard let fields = unsafe context?.assumingMemoryBound(to: Headers.self) else { return .NO }
    unsafe fields.pointee.add(unsafe text(name, nameSize), unsafe text(value, valueSize))
    return .YES
}

private func text(_ start: UnsafePointer<CChar>?, _ size: Int) -> String {
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : size)
    return unsafe String(decoding: bytes, as: UTF8.self)
}
