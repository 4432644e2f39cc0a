import Glibc

extension AddressBlock {
    /// The block that an address, or an address and the length of a prefix (CIDR), stands for.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(of: String(parts[0])) else { return nil }
        var length = bytes.count * 8
        if parts.count == 2 {
            guard let given = UInt8(parts[1]), given <= length else { return nil }
            length = Int(given)
        }
        self.init(address: bytes, prefixLength: length)
    }

    private static func bytes(of text: String) -> [UInt8]? {
        for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: size)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
