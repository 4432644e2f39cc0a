import Synchronization

/// Another source's bytes, compressed.
///
/// Whenever the other has nothing for now, everything that it gave so far is sent, so an event
/// waits for no later one.
public final class GzipSource: ByteSource {
    private let source: any ByteSource
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var gzip = GzipStream()
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        /// The part of `piece` that is not compressed yet.
        var unread = 0..<0
        var phase = Phase.clean
    }

    private enum Phase {
        /// Everything was sent.
        case clean
        /// Something may be held back.
        case dirty
        /// The source is idle, and what is held back has to go.
        case flushing
        /// The source has ended.
        case finishing
        case finished
    }

    /// Compresses what `source` gives.
    public init(_ source: any ByteSource) { self.source = source }

    /// Opens the source.
    public func opened(_ waker: Waker) { source.opened(waker) }

    /// Closes the source.
    public func closed() { source.closed() }

    /// Compresses into `buffer` until it is full, or the source has nothing.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> ByteSourceRead {
        // Not a closure over the buffer's memory: it is used before this returns.
        nonisolated(unsafe) let buffer = unsafe buffer
        return state.withLock { unsafe read(into: buffer, &$0) }
    }

    private func read(
        into buffer: UnsafeMutableRawBufferPointer, _ state: inout State
    ) -> ByteSourceRead {
        var written = 0
        while written < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[written...])
            if !state.unread.isEmpty {
                let input = state.piece[state.unread]
                let progress = unsafe state.gzip.compress(input, into: rest, .gather)
                state.unread = state.unread.dropFirst(progress.taken)
                written += progress.written
                continue
            }
            switch state.phase {
            case .clean, .dirty:
                switch readPiece(&state) {
                case .bytes: state.phase = .dirty
                case .finished: state.phase = .finishing
                case .idle:
                    guard state.phase == .dirty else {
                        return written > 0 ? .bytes(written) : .idle
                    }
                    state.phase = .flushing
                }
            case .flushing, .finishing:
                let isLast = state.phase == .finishing
                let progress = unsafe state.gzip.compress([], into: rest, isLast ? .finish : .flush)
                written += progress.written
                if progress.isComplete { state.phase = isLast ? .finished : .clean }
            case .finished:
                return written > 0 ? .bytes(written) : .finished
            }
        }
        return .bytes(written)
    }

    private func readPiece(_ state: inout State) -> ByteSourceRead {
        let read = unsafe state.piece.withUnsafeMutableBytes { unsafe source.read(into: $0) }
        if case .bytes(let count) = read { state.unread = 0..<count }
        return read
    }
}
