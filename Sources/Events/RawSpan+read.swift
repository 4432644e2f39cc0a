import CWire

// The only places that look into a record's bytes. Both check their bounds.
extension RawSpan {
    /// Copies a C value out of the record, wherever it stands.
    func read<T: BitwiseCopyable>(_ type: T.Type, at offset: Int) throws(RecordError) -> T {
        guard offset >= 0, offset <= byteCount, MemoryLayout<T>.size <= byteCount - offset else {
            throw .truncated(needed: MemoryLayout<T>.size, at: offset, available: byteCount)
        }
        return unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type)
    }

    /// Copies an integer out of bytes that were checked before; traps outside of them.
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    /// Copies a text slice that must lie behind the first `fixed` bytes.
    func text(_ slice: wire_text, after fixed: Int) throws(RecordError) -> RecordText {
        let start = Int(slice.offset), length = Int(slice.length)
        guard length > 0 else { return RecordText(bytes: [], whole: slice.whole) }
        guard start >= fixed, start <= byteCount, length <= byteCount - start else {
            throw .textOutOfBounds(offset: slice.offset, length: slice.length)
        }
        return RecordText(
            bytes: extracting(start..<start + length).array, whole: slice.whole)
    }

    /// Refuses what follows a record of fixed size.
    func requireSize<T>(of type: T.Type) throws(RecordError) {
        guard byteCount == MemoryLayout<T>.size else {
            throw .trailingBytes(byteCount - MemoryLayout<T>.size)
        }
    }

    /// The bytes, copied.
    var array: [UInt8] {
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
