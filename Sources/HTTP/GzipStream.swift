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

    /// What came of compressing.
    struct Progress {
        /// Bytes of the input that were taken.
        var taken: Int
        /// Bytes of the output that were written.
        var written: Int
        /// Whether nothing is held back: with ``Mode/finish``, the stream has its end.
        var isComplete: Bool
    }

    /// Compresses from `input` into `output`, which is not empty, as far as either goes
    /// (`deflate`, `deflatePending`).
    mutating func compress(
        _ input: ArraySlice<UInt8>, into output: UnsafeMutableRawBufferPointer, _ mode: Mode
    ) -> Progress {
        unsafe input.withUnsafeBytes { input in
            // Never written to, although C does not say so.
            let next = unsafe UnsafeMutableRawPointer(mutating: input.baseAddress)
            unsafe stream.pointee.next_in = next?.assumingMemoryBound(to: Bytef.self)
            unsafe stream.pointee.avail_in = UInt32(input.count)
            unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
            unsafe stream.pointee.avail_out = UInt32(output.count)
            let status = unsafe deflate(stream, mode.flag)
            var pending: UInt32 = 0
            var bits: CInt = 0
            unsafe deflatePending(stream, &pending, &bits)
            return Progress(
                taken: input.count - Int(unsafe stream.pointee.avail_in),
                written: output.count - Int(unsafe stream.pointee.avail_out),
                // Another call would write another flush where there is nothing left of the first.
                isComplete: mode == .finish ? status == Z_STREAM_END : pending == 0)
        }
    }
}
