extension SplitMix {
    /// Damages bytes in some places; `words` are put where they mean something.
    mutating func damage(_ bytes: [UInt8], words: [[UInt8]]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &self)
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &self))
            switch Int.random(in: 0..<8, using: &self) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 4:
                let times = Int.random(in: 1...200, using: &self)
                bytes.insert(
                    contentsOf: (0..<times).flatMap { _ in Array(bytes[place..<end]) }, at: place)
            case 5: bytes.insert(contentsOf: one(of: words), at: place)
            case 6:
                let word = one(of: words)
                bytes.replaceSubrange(place..<min(bytes.count, place + word.count), with: word)
            default:
                let other = Int.random(in: 0..<bytes.count, using: &self)
                bytes += bytes[min(place, other)..<max(place, other)]
            }
        }
        return bytes
    }

    /// A number near a limit, or any.
    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: 0
        case 1: .max
        case 2: .max &- Number(truncatingIfNeeded: Int.random(in: 0..<3, using: &self))
        case 3: .min
        case 4: Number(truncatingIfNeeded: Int.random(in: 0..<300, using: &self))
        default: .random(in: .min ... .max, using: &self)
        }
    }
}
