extension YAMLSyntaxError {
    /// This error in terms of the text that was read.
    func diagnostic(in bytes: UnsafeBufferPointer<UInt8>) -> Diagnostic {
        guard let position else {
            let offset = min(forbiddenByteOffset ?? 0, bytes.count)
            return Diagnostic(
                code: .notText, pointer: "", position: .init(offset: offset, in: bytes),
                message: "this character is not allowed in YAML or JSON: \(problem)",
                hint: "send the policy as UTF-8 text")
        }
        let isTab = problem.contains("cannot start any token") && bytes.contains(0x09)
        return Diagnostic(
            code: .syntax, pointer: "", position: position,
            message: "this is not valid YAML or JSON: \(problem)",
            hint: isTab ? "YAML is indented with spaces, not with tabs" : nil)
    }
}

extension SourcePosition {
    /// The place of the byte at `offset`.
    init(offset: Int, in bytes: some Collection<UInt8>) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0b1100_0000 != 0b1000_0000 {
                column += 1  // not in the middle of a scalar
            }
        }
        self.init(line: line, column: column)
    }
}
