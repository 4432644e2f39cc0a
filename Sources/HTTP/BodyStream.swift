import CMicroHTTPD
import Synchronization

/// The body of one response, read from a source piece by piece.
///
/// It belongs to the response that reads from it, and closes its source with it.
final class BodyStream: Sendable {
    private let source: any ByteSource
    private let parking: Parking
    private let isOpen = Mutex(false)

    init(_ source: any ByteSource, connection: Connection) {
        self.source = source
        self.parking = Parking(connection)
    }

    /// Ends the body as `shutdown` says.
    func shutDown(_ shutdown: Shutdown) { parking.shutDown(shutdown) }

    /// A response that reads from this body (`MHD_create_response_from_callback`).
    ///
    /// With an unknown size HTTP/1.1 gets chunks, as large as the connection's memory allows. The
    /// block size only matters to HTTP/1.0, but is allocated for every response.
    func makeResponse() -> OpaquePointer? {
        let stream = unsafe Unmanaged.passRetained(self)
        // MHD_SIZE_UNKNOWN, which is a cast that the importer does not read.
        let made = unsafe MHD_create_response_from_callback(
            UInt64.max, 4096, readBody, stream.toOpaque(), releaseBody)
        if unsafe made == nil { unsafe releaseBody(stream.toOpaque()) }
        return unsafe made
    }

    /// The next bytes, on the connection's HTTP thread.
    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        openOnce()
        guard parking.beginRead() else { return endOfStream }
        switch unsafe source.read(into: buffer) {
        case .bytes(let count):
            precondition(
                (1...buffer.count).contains(count), "\(count) is not a count of bytes read")
            return count
        case .idle:
            return parking.park() ? 0 : endOfStream
        case .finished:
            return endOfStream
        }
    }

    private func openOnce() {
        let isFirst = isOpen.withLock { isOpen in
            defer { isOpen = true }
            return !isOpen
        }
        if isFirst { source.opened(Waker(parking)) }
    }

    fileprivate func close() {
        parking.end()
        source.closed()
    }
}

/// MHD_CONTENT_READER_END_OF_STREAM, which is a cast that the importer does not read.
private let endOfStream = -1

/// Reads the next piece of a body (`MHD_ContentReaderCallback`).
///
/// > Note that returning zero will cause libmicrohttpd to try again. Thus, returning zero should
/// > only be used in conjunction with MHD_suspend_connection() to avoid busy waiting.
private func readBody(
    _ context: UnsafeMutableRawPointer?, _ position: UInt64,
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
    guard let context = unsafe context, size > 0 else { return endOfStream }
    let stream = unsafe Unmanaged<BodyStream>.fromOpaque(context).takeUnretainedValue()
    return unsafe stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
}

/// Closes and releases a body with its response (`MHD_ContentReaderFreeCallback`).
private func releaseBody(_ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<BodyStream>.fromOpaque(context).takeRetainedValue().close()
}
