import Events

extension JSONWriter {
    /// Appends an event's line without the members that the mask leaves out.
    ///
    /// The line is one that ``EventEncoder`` wrote: an object, valid and without white space. What
    /// follows the object (the line's end) is appended as it is.
    mutating func append(_ line: [UInt8], by mask: FieldMask) {
        var copy = MaskedCopy(json: line)
        copy.copyEvent(by: mask, to: &self)
    }
}

/// Copies JSON from one place to another, and leaves members out on the way.
private struct MaskedCopy {
    let json: [UInt8]
    private var index = 0

    init(json: [UInt8]) { self.json = json }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// The first member is the event, and is trimmed; the others stay.
    mutating func copyEvent(by mask: FieldMask, to out: inout JSONWriter) {
        let start = index
        index += 1
        skipString()
        index += 1
        out.append(json.span.extracting(start..<index))
        copy(by: mask, to: &out)
        out.append(json.span.extracting(index..<json.count))
    }

    private mutating func copy(by mask: FieldMask, to out: inout JSONWriter) {
        switch json[index] {
        case UInt8(ascii: "{"): copyObject(by: mask, to: &out)
        case UInt8(ascii: "["): copyArray(by: mask, to: &out)
        default: copyWhole(to: &out)
        }
    }

    private mutating func copyObject(by mask: FieldMask, to out: inout JSONWriter) {
        out.append("{")
        index += 1
        var isFirst = true
        while json[index] != UInt8(ascii: "}") {
            if json[index] == UInt8(ascii: ",") { index += 1 }
            let start = index
            skipString()
            let name = Array(json[(start + 1)..<(index - 1)])
            index += 1
            let verdict = verdict(mask.verdict(on: name))
            guard verdict != .gone else {
                skipValue()
                continue
            }
            if !isFirst { out.append(",") }
            isFirst = false
            out.append(json.span.extracting(start..<index))
            if case .part(let below) = verdict {
                copy(by: below, to: &out)
            } else {
                copyWhole(to: &out)
            }
        }
        out.append("}")
        index += 1
    }

    /// A value without members has none of those that a longer path names.
    private func verdict(_ verdict: FieldMask.Verdict) -> FieldMask.Verdict {
        guard case .part(let below) = verdict, json[index] != UInt8(ascii: "{"),
            json[index] != UInt8(ascii: "[")
        else { return verdict }
        return below.leavesScalars ? .whole : .gone
    }

    private mutating func copyArray(by mask: FieldMask, to out: inout JSONWriter) {
        out.append("[")
        index += 1
        var isFirst = true
        while json[index] != UInt8(ascii: "]") {
            if json[index] == UInt8(ascii: ",") { index += 1 }
            guard verdict(.part(mask)) != .gone else {
                skipValue()
                continue
            }
            if !isFirst { out.append(",") }
            isFirst = false
            copy(by: mask, to: &out)
        }
        out.append("]")
        index += 1
    }

    private mutating func copyWhole(to out: inout JSONWriter) {
        let start = index
        skipValue()
        out.append(json.span.extracting(start..<index))
    }

    private mutating func skipValue() {
        var depth = 0
        repeat {
            switch json[index] {
            case Self.quote: skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                index += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): index += 1
            default: skipScalar()
            }
        } while depth > 0
    }

    private mutating func skipString() {
        index += 1
        while json[index] != Self.quote { index += json[index] == Self.backslash ? 2 : 1 }
        index += 1
    }

    /// A number, `true`, `false` or `null`.
    private mutating func skipScalar() {
        while json[index] != UInt8(ascii: ","), json[index] != UInt8(ascii: "}"),
            json[index] != UInt8(ascii: "]")
        { index += 1 }
    }
}
