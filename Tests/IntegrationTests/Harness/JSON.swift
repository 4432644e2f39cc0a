import Foundation

/// A JSON value that can be written down in a test and compared as a whole.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Int)
    case fraction(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// Reads one JSON value.
    init(parsing bytes: some Collection<UInt8>) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
    }

    /// A member of an object; nil where there is none.
    subscript(name: String) -> JSON? {
        get { members?[name] }
        set {
            guard case .object(var members) = self else { return }
            members[name] = newValue
            self = .object(members)
        }
    }

    subscript(index: Int) -> JSON? {
        guard let elements, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    var members: [String: JSON]? {
        if case .object(let members) = self { members } else { nil }
    }

    var elements: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var number: Int? {
        if case .number(let number) = self { number } else { nil }
    }
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        // Objects and strings first: a wrong guess costs an error, and they are the most.
        if let members = try? value.decode([String: JSON].self) {
            self = .object(members)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let number = try? value.decode(Int.self) {
            self = .number(number)
        } else if let elements = try? value.decode([JSON].self) {
            self = .array(elements)
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let fraction = try? value.decode(Double.self) {
            self = .fraction(fraction)
        } else {
            guard value.decodeNil() else {
                throw DecodingError.dataCorruptedError(in: value, debugDescription: "not JSON")
            }
            self = .null
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .string(text) }

    init(integerLiteral number: Int) { self = .number(number) }

    init(booleanLiteral flag: Bool) { self = .bool(flag) }

    init(arrayLiteral elements: JSON...) { self = .array(elements) }

    init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(Dictionary(members) { $1 })
    }
}

extension JSON: Encodable {
    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let flag): try value.encode(flag)
        case .number(let number): try value.encode(number)
        case .fraction(let fraction): try value.encode(fraction)
        case .string(let text): try value.encode(text)
        case .array(let elements): try value.encode(elements)
        case .object(let members): try value.encode(members)
        }
    }
}
