import CZlib

/// Bytes on their way through gzip (`z_stream`).
// Sendable: it has one owner, and zlib keeps nothing beside it.
@safe struct GzipStream: ~Copyable, @unchecked Sendable {
    /// What is to become of the input (the `flush` argument of `deflate`).
    enum Mode {
        /// It may be kept until more comes.
        case gather
        /// The reader shall see all of it now.
        case flush
        /// There will be no more.
        case finish

        fileprivate var flag: CInt {
            switch self {
            case .gather: Z_NO_FLUSH
            case .flush: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        }
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// Begins a stream (`deflateInit2`).
    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // Z_OK, or there is no memory; what else there is are wrong arguments.
        let status = unsafe gzip_begin(stream)
        precondition(status == Z_OK, "deflateInit2: \(status)")
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Compresses from `input` into `output` as far as either goes (`deflate`).
    ///
    /// > If deflate returns with avail_out == 0, this function must be called again with the same
    /// > value of the flush parameter and more output space.
    ///
    /// - Returns: how many bytes were read, and how many written.
    mutating func compress(
        _ input: ArraySlice<UInt8>, into output: UnsafeMutableRawBufferPointer, _ mode: Mode
    ) -> (read: Int, written: Int) {
        unsafe input.withUnsafeBytes { input in
            // Never written to, although C does not say so.
            let next = unsafe UnsafeMutableRawPointer(mutating: input.baseAddress)
            unsafe stream.pointee.next_in = next?.assumingMemoryBound(to: Bytef.self)
            unsafe stream.pointee.avail_in = UInt32(input.count)
            unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
            unsafe stream.pointee.avail_out = UInt32(output.count)
            _ = unsafe deflate(stream, mode.flag)
            let left = unsafe (Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
            return (input.count - left.0, output.count - left.1)
        }
    }
}
