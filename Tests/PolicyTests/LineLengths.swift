/// The number of characters in each line, by the line ends of YAML 1.1.
func lineLengths(of document: [UInt8]) -> [Int] {
    var lines = [0]
    var previous: Unicode.Scalar?
    for scalar in String(decoding: document, as: UTF8.self).unicodeScalars {
        switch scalar {
        case "\n" where previous == "\r": break
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append(0)
        default: lines[lines.count - 1] += 1
        }
        previous = scalar
    }
    return lines
}
