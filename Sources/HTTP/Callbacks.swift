import CMicroHTTPD

// What libmicrohttpd calls, on its own threads. Functions, not closures: a closure that inherits
// an actor's isolation traps on a C thread.

/// Starts an exchange, or goes on with it (`MHD_AccessHandlerCallback`).
func handleAccess(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
    _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ uploadSize: UnsafeMutablePointer<Int>?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context = unsafe context, let handle = unsafe handle, let slot = unsafe slot,
        let url = unsafe url, let method = unsafe method, let uploadSize = unsafe uploadSize
    else { return .NO }
    if let known = unsafe slot.pointee {
        let exchange = unsafe Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
        let size = unsafe uploadSize.pointee
        guard size > 0 else { return exchange.proceed() }
        unsafe uploadSize.pointee = 0
        return unsafe exchange.receive(UnsafeRawBufferPointer(start: upload, count: size))
    }
    let listener = unsafe Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
    let service = listener.service
    let connection = unsafe Connection(handle)
    let head = unsafe RequestHead(
        method: String(cString: method), target: String(cString: url),
        query: connection.fields(.GET_ARGUMENT_KIND).fields.map {
            QueryItem(
                name: String(percentDecoding: $0.name), value: String(percentDecoding: $0.value))
        },
        headers: connection.fields(.HEADER_KIND), peer: connection.peer,
        listener: listener.address, isTLS: listener.tls != nil, id: service.nextID())
    let exchange = Exchange(head, connection: connection, service: service)
    unsafe slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
    service.add(exchange)
    return exchange.begin()
}

/// Ends an exchange (`MHD_RequestCompletedCallback`).
func handleCompleted(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ reason: MHD_RequestTerminationCode
) {
    guard let context = unsafe context, let slot = unsafe slot,
        let known = unsafe slot.pointee
    else { return }
    unsafe slot.pointee = nil
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(known).takeRetainedValue()
    exchange.completed(keepsConnection: reason == .REQUEST_TERMINATED_COMPLETED_OK)
    unsafe Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue().service.remove(exchange)
}

/// Watches over a connection from its acceptance to its end, and keeps what it proves the service's
/// name with for as long (`MHD_NotifyConnectionCallback`).
func handleConnection(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ change: MHD_ConnectionNotificationCode
) {
    guard let context = unsafe context, let handle = unsafe handle, let slot = unsafe slot else {
        return
    }
    let listener = unsafe Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
    let service = listener.service
    let connection = unsafe Connection(handle)
    switch change {
    case .CONNECTION_NOTIFY_STARTED:
        service.watch.begin(connection.socket, within: service.limits.reception)
        guard let identity = listener.tls?.identity, connection.prove(by: identity) else { return }
        unsafe slot.pointee = Unmanaged.passRetained(identity).toOpaque()
    default:
        // libmicrohttpd closes the socket after this, and has ended the TLS session before.
        service.watch.end(connection.socket)
        guard let identity = unsafe slot.pointee else { return }
        unsafe slot.pointee = nil
        unsafe Unmanaged<TLSIdentity>.fromOpaque(identity).release()
    }
}

/// Passes on what libmicrohttpd has to say (`mhd_logger.write`).
func handleMessage(_ context: UnsafeMutableRawPointer?, _ line: UnsafePointer<CChar>?) {
    guard let context = unsafe context, let line = unsafe line else { return }
    let listener = unsafe Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
    var text = unsafe String(cString: line)
    while text.last?.isNewline == true { text.removeLast() }
    listener.service.onMessage(text)
}
