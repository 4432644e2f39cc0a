// Yams composes a document in one go: it stops at the first duplicate key, resolves aliases
// wherever they stand and recurses as deep as the text asks. Its product links the libyaml that it
// carries as `CYaml`, whose events let `Composer` set those limits itself. This is the only file
// that touches C.
import CYaml

/// Reads the events of one YAML text, in order.
///
/// The text must outlive the reader, which keeps a pointer into it.
struct YAMLEventReader: ~Copyable {
    /// Allocated, because libyaml keeps a pointer from the parser to itself.
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ text: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        // Otherwise a byte order mark could choose UTF-16.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event.
    ///
    /// After an error or the end of the stream there is nothing more to read.
    func next() throws(YAMLSyntaxError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            throw YAMLSyntaxError(parser.pointee)
        }
        // > An application is responsible for freeing any buffers associated with the
        // > produced event object using the yaml_event_delete() function.
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }
}

/// One step of a YAML text: the start, the content or the end of a node.
struct YAMLEvent {
    enum Kind: Equatable {
        case streamEnd, documentStart, documentEnd
        case alias(String)
        /// Only a plain scalar, one without quotes or block indicator, can be more than text.
        case scalar(String, isPlain: Bool)
        case listStart, listEnd, mappingStart, mappingEnd
        /// An event that carries nothing, such as the start of the stream.
        case other
    }

    let kind: Kind
    /// The name after `&`, where there is one.
    let anchor: String?
    let hasTag: Bool
    let position: SourcePosition

    fileprivate init(_ event: yaml_event_t) {
        position = SourcePosition(event.start_mark)
        var anchor: UnsafeMutablePointer<UInt8>?
        var hasTag = false
        switch event.type {
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_ALIAS_EVENT: kind = .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(String(decoding: bytes, as: UTF8.self), isPlain: isPlain)
            anchor = scalar.anchor
            hasTag = scalar.tag != nil
        case YAML_SEQUENCE_START_EVENT:
            kind = .listStart
            anchor = event.data.sequence_start.anchor
            hasTag = event.data.sequence_start.tag != nil
        case YAML_SEQUENCE_END_EVENT: kind = .listEnd
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            anchor = event.data.mapping_start.anchor
            hasTag = event.data.mapping_start.tag != nil
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: kind = .other
        }
        self.anchor = text(anchor)
        self.hasTag = hasTag
    }
}

/// Why libyaml could not go on.
struct YAMLSyntaxError: Error {
    /// What libyaml was reading and what it met, in its own words.
    let problem: String
    /// Where, unless the text itself is at fault.
    let position: SourcePosition?
    /// The offset of a character that YAML does not allow anywhere.
    let forbiddenByteOffset: Int?

    fileprivate init(_ parser: yaml_parser_t) {
        let what = parser.problem.map { String(cString: $0) } ?? "out of memory"
        let context = parser.context.map { String(cString: $0) + ": " } ?? ""
        problem = context + what
        let isReader = parser.error == YAML_READER_ERROR
        position = isReader ? nil : SourcePosition(parser.problem_mark)
        forbiddenByteOffset = isReader ? parser.problem_offset : nil
    }
}

extension SourcePosition {
    /// libyaml counts lines and columns, in characters, from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}

private func text(_ name: UnsafeMutablePointer<UInt8>?) -> String? {
    name.map { String(cString: $0) }
}
