import Foundation

/// What every JSON that the service sends is: one line of UTF-8.
enum JSONCheck {
    /// The object that the bytes are; they may end in one line end.
    @discardableResult
    static func object(_ bytes: [UInt8]) throws(Violation) -> [String: Any] {
        let text = { String(decoding: bytes, as: UTF8.self) }
        let line = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
        try require(line.allSatisfy { $0 >= 0x20 }, "a control character in \(text())")
        try require(String(validating: bytes, as: UTF8.self) != nil, "not UTF-8: \(text())")
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        else { throw Violation(description: "not a JSON object: \(text())") }
        return object
    }
}
