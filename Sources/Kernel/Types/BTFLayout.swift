import Glibc

extension BTF {
    /// Where the sections of BTF are: struct btf_header.
    ///
    ///     u16 magic | u8 version | u8 flags | u32 header size
    ///     u32 types: offset, size | u32 strings: offset, size     (after the header)
    struct Layout {
        private static let magic: UInt16 = 0xeb9f
        private static let headerBytes = 24
        let types: Range<Int>
        let strings: Range<Int>

        /// Checks that both sections lie within the bytes.
        init(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
            func word(_ offset: Int) -> Int {
                Int(unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            }
            guard bytes.count >= Self.headerBytes,
                unsafe bytes.loadUnaligned(as: UInt16.self) == Self.magic
            else { throw KernelError(.readBTF, status: EINVAL) }
            let start = word(4)
            types = start + word(8)..<start + word(8) + word(12)
            strings = start + word(16)..<start + word(16) + word(20)
            guard types.upperBound <= bytes.count, strings.upperBound <= bytes.count,
                !strings.isEmpty, unsafe bytes[strings.upperBound - 1] == 0
            else { throw KernelError(.readBTF, status: EINVAL) }
        }

        /// Walks over the types, each of which says how long it is.
        func offsetsOfTypes(in bytes: UnsafeRawBufferPointer) throws(KernelError) -> [UInt32] {
            var offsets: [UInt32] = []
            // Types of vmlinux have 20 to 30 bytes each.
            offsets.reserveCapacity(types.count / 20)
            var offset = types.lowerBound
            while offset < types.upperBound {
                guard offset + BTFType.fixedBytes <= types.upperBound,
                    let type = unsafe BTFType(at: offset, in: bytes),
                    type.end + type.trailingBytes <= types.upperBound
                else { throw KernelError(.readBTF, status: EINVAL) }
                offsets.append(UInt32(offset))
                offset = type.end + type.trailingBytes
            }
            return offsets
        }
    }
}

/// What a type of BTF is: BTF_KIND_*, which the headers define twice, so that Swift has none.
enum BTFKind: UInt32 {
    case void, integer, pointer, array, structure, union, enumeration, forward, typedef, volatile
    case const, restrict, function, prototype, variable, section, float, declarationTag, typeTag
    case enumeration64
}

/// The fixed part of a type: struct btf_type.
struct BTFType {
    static let fixedBytes = 12
    static let void = BTFType(kind: .void, name: 0, count: 0, flag: false, value: 0, end: 0)

    let kind: BTFKind
    /// The place of its name in the string section.
    let name: UInt32
    /// How many members, values or parameters follow it.
    let count: Int
    let flag: Bool
    /// Its size, or the number of the type that it refers to.
    let value: UInt32
    /// Where its fixed part ends.
    let end: Int

    /// Reads what lies within the bytes; nil where the kind is unknown.
    @inline(__always)
    init?(at offset: Int, in bytes: UnsafeRawBufferPointer) {
        let info = unsafe bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
        guard let kind = BTFKind(rawValue: info >> 24 & 0x1f) else { return nil }
        self.init(
            kind: kind,
            name: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self),
            count: Int(info & 0xffff), flag: info >> 31 == 1,
            value: unsafe bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self),
            end: offset + Self.fixedBytes)
    }

    private init(kind: BTFKind, name: UInt32, count: Int, flag: Bool, value: UInt32, end: Int) {
        self.kind = kind
        self.name = name
        self.count = count
        self.flag = flag
        self.value = value
        self.end = end
    }

    /// Bytes that follow the fixed part.
    @inline(__always)
    var trailingBytes: Int {
        switch kind {
        case .integer, .variable, .declarationTag: 4
        case .array: 12
        case .enumeration, .prototype: 8 * count
        case .structure, .union, .section, .enumeration64: 12 * count
        default: 0
        }
    }
}
