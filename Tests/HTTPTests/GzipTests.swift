import HTTP
import RawClient
import Synchronization
import Testing

/// Gives what it was given, and is idle or ends behind it.
private final class Pieces: ByteSource {
    let lifecycle = Lifecycle()
    private let state: Mutex<(bytes: ArraySlice<UInt8>, isEnding: Bool)>

    init(_ bytes: [UInt8], isEnding: Bool = false) { state = Mutex((bytes[...], isEnding)) }

    func add(_ bytes: [UInt8]) { state.withLock { $0.bytes += bytes } }

    func end() { state.withLock { $0.isEnding = true } }

    func opened(_ waker: Waker) { lifecycle.opened.add(1, ordering: .sequentiallyConsistent) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ByteSourceRead {
        state.withLock { state in
            guard !state.bytes.isEmpty else { return state.isEnding ? .finished : .idle }
            let part = state.bytes.prefix(buffer.count)
            buffer.copyBytes(from: part)
            state.bytes = state.bytes.dropFirst(part.count)
            return .bytes(part.count)
        }
    }

    func closed() { lifecycle.closed.add(1, ordering: .sequentiallyConsistent) }
}

@Suite("Compressed bodies")
struct GzipTests {
    /// What comes until the source is idle, or has ended.
    private func read(_ source: GzipSource, size: Int) -> (bytes: [UInt8], last: ByteSourceRead) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0xAA, count: size)
        while true {
            let result = buffer.withUnsafeMutableBytes { source.read(into: $0) }
            guard case .bytes(let count) = result else { return (bytes, result) }
            bytes += buffer.prefix(count)
        }
    }

    @Test("all that the source gave can be read when it is idle", arguments: [1, 7, 100, 32_768])
    func flushed(size: Int) {
        let pieces = Pieces([])
        let source = GzipSource(pieces)
        var bytes: [UInt8] = []
        var expected = ""
        for text in ["one\n", "two\n", String(repeating: "three", count: 5000)] {
            pieces.add(Array(text.utf8))
            expected += text
            let (piece, last) = read(source, size: size)
            #expect(last == .idle)
            bytes += piece
            #expect(gunzip(bytes).map { String(decoding: $0, as: UTF8.self) } == expected)
        }
        pieces.end()
        let (end, last) = read(source, size: size)
        #expect(last == .finished)
        #expect(gunzip(bytes + end).map { String(decoding: $0, as: UTF8.self) } == expected)
        #expect(end.count >= 8, "the checksum and the length come last")
    }

    @Test("much comes back as it was, and smaller", arguments: [100, 4096])
    func much(size: Int) {
        let line = Array(#"{"process_kprobe":{"process":{"pid":1234,"binary":"/usr/bin/x"}}}"#.utf8)
        let text = (0..<5000).flatMap { line + Array("\($0)\n".utf8) }
        let (bytes, last) = read(GzipSource(Pieces(text, isEnding: true)), size: size)
        #expect(last == .finished)
        #expect(gunzip(bytes) == text)
        #expect(bytes.count < text.count / 4)
    }

    @Test("a source that is idle from the start sends nothing, and is opened and closed as it is")
    func idle() {
        let pieces = Pieces([])
        let source = GzipSource(pieces)
        #expect(read(source, size: 64) == ([], .idle))
        #expect(read(source, size: 64) == ([], .idle))
        source.closed()
        #expect(pieces.lifecycle.closedCount == 1)
    }
}
