import CZlib

/// What a gzip stream says so far; nil where it is none.
package func gunzip(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    guard gunzip_begin(&stream) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var input = bytes
    var text: [UInt8] = []
    return input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        var output = [UInt8](repeating: 0, count: 65_536)
        while true {
            let (status, made) = output.withUnsafeMutableBufferPointer { output in
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let status = inflate(&stream, Z_NO_FLUSH)
                return (status, output.count - Int(stream.avail_out))
            }
            text += output.prefix(made)
            switch status {
            case Z_STREAM_END, Z_BUF_ERROR: return text
            case Z_OK where made > 0 || stream.avail_in > 0: continue
            case Z_OK: return text
            default: return nil
            }
        }
    }
}
