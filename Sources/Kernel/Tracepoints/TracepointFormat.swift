/// What the kernel says of one tracepoint.
public struct TracepointFormat: Sendable, Equatable {
    /// The subsystem and the event, such as `sched` and `sched_process_exec`.
    public let subsystem: String, event: String
    /// The tracepoint's number, for perf_event_open(2).
    public let id: UInt64
    /// Every field in order, the four common ones included.
    ///
    /// A field's number is its place here: of `raw_syscalls:sys_enter`, `id` is 4 and `args` 5.
    public let fields: [Field]

    /// One field of the context that programs get.
    public struct Field: Sendable, Equatable {
        /// Its name, such as `filename`.
        public let name: String
        /// Its C type, such as `const char *` or `unsigned long[6]`.
        public let type: String
        /// Where it begins.
        public let offset: Int
        /// Its size in bytes; of what lies elsewhere, 4.
        public let size: Int
        /// Whether its integers are signed.
        public let isSigned: Bool
        /// The number of elements of an array; nil where it is none, or its length varies.
        public let count: Int?
        /// Where its bytes are.
        public let location: Location

        /// Whether it points somewhere.
        public var isPointer: Bool { type.hasSuffix("*") }
    }

    /// Where the bytes of a field are.
    public enum Location: Sendable, Equatable {
        /// In the field itself.
        case inPlace
        /// `__data_loc`: the field holds their length << 16 | offset from the context.
        case fromContext
        /// `__rel_loc`: the field holds their length << 16 | offset from the field's end.
        case fromField
    }

    /// Parses a file `events/SUBSYSTEM/EVENT/format`; nil where it names no number.
    init?(subsystem: String, event: String, parsing text: String) {
        let id = text.split(separator: "\n").lazy.compactMap { $0.dropPrefix("ID: ") }.first
        guard let id = id.flatMap({ UInt64($0) }) else { return nil }
        self.subsystem = subsystem
        self.event = event
        self.id = id
        fields = Self.fields(parsing: text)
    }

    /// Parses the lines of fields, and skips every other.
    ///
    ///     field:const char * filename;	offset:24;	size:8;	signed:0;
    static func fields(parsing text: String) -> [Field] {
        text.split(separator: "\n").compactMap { Field(parsing: $0) }
    }
}

extension TracepointFormat.Field {
    fileprivate init?(parsing line: Substring) {
        let items = line.split(whereSeparator: { $0 == ";" || $0 == "\t" })
        func number(_ prefix: String) -> Int? {
            items.lazy.compactMap { $0.dropPrefix(prefix) }.first.flatMap { Int($0) }
        }
        guard
            let declaration = items.first?.dropPrefix("field:"),
            let offset = number("offset:"), let size = number("size:"),
            let space = declaration.lastIndex(of: " ")
        else { return nil }
        var name = declaration[space...].dropFirst()
        var type = declaration[..<space]
        location =
            type.dropPrefix("__data_loc ").map {
                type = $0
                return .fromContext
            }
            ?? type.dropPrefix("__rel_loc ").map {
                type = $0
                return .fromField
            } ?? .inPlace
        // `char comm[16]` is an array like `char[16] comm`.
        let bracket = name.firstIndex(of: "[") ?? name.endIndex
        let brackets = name[bracket...]
        name = name[..<bracket]
        self.name = String(name)
        self.type = String(type + brackets)
        self.offset = offset
        self.size = size
        isSigned = number("signed:") == 1
        count = location == .inPlace ? Self.count(ofArray: self.type, size: size) : nil
    }

    /// A length may be a word of the kernel's source, `char comm[TASK_COMM_LEN]`.
    private static func count(ofArray type: String, size: Int) -> Int? {
        guard type.hasSuffix("]"), let bracket = type.lastIndex(of: "[") else { return nil }
        let length = type[bracket...].dropFirst().dropLast()
        let element = type[..<bracket]
        return Int(length) ?? (element.hasSuffix("char") || element == "u8" ? size : nil)
    }
}

extension Substring {
    /// What follows `prefix`, or nil where the text does not begin with it.
    fileprivate func dropPrefix(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}

extension Tracefs {
    /// The subsystems that have tracepoints, sorted.
    public func subsystems() -> [String] {
        // Beside them stand files, which describe what all tracepoints have in common.
        namesOfFiles(in: "\(path)/events").filter { isReadable("\(path)/events/\($0)/filter") }
            .sorted()
    }

    /// The tracepoints of one subsystem, sorted; none where there is no such subsystem.
    public func events(of subsystem: String) -> [String] {
        guard isName(subsystem) else { return [] }
        return namesOfFiles(in: "\(path)/events/\(subsystem)")
            .filter { $0 != "enable" && $0 != "filter" }.sorted()
    }

    /// What the kernel says of a tracepoint, or nil where it has none of that name.
    public func tracepoint(_ subsystem: String, _ event: String) -> TracepointFormat? {
        guard isName(subsystem), isName(event) else { return nil }
        return textOfFile("\(path)/events/\(subsystem)/\(event)/format").flatMap {
            TracepointFormat(subsystem: subsystem, event: event, parsing: $0)
        }
    }

    /// Whether it can be a file's name here, and leads nowhere else.
    private func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
