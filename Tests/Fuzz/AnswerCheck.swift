import HTTP

/// What every answer is, whatever was asked.
enum AnswerCheck {
    static func check(_ response: Response, statuses: Set<Int>) throws(Violation) {
        let status = response.status
        try require(statuses.contains(status), "status \(status) is none of \(statuses.sorted())")
        for field in response.headers.fields {
            try require(
                !field.name.isEmpty && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F },
                "the header field \(field.name): \(field.value.debugDescription)")
        }
        switch response.body {
        case .bytes(let bytes): try check(bytes, of: response)
        case .stream(let source):
            defer { source.closed() }
            try check(source, isCompressed: response.headers["Content-Encoding"] != nil)
        }
    }

    private static func check(_ bytes: [UInt8], of response: Response) throws(Violation) {
        let type = response.headers["Content-Type"]
        if response.status < 400 {
            if type == "application/json" { try JSONCheck.object(bytes) }
            return
        }
        try require(type == "application/problem+json", "an error of type \(type ?? "none")")
        let problem = try JSONCheck.object(bytes)
        try require(problem["status"] as? Int == response.status, "another status: \(problem)")
        for member in ["type", "title", "detail"] {
            try require((problem[member] as? String)?.isEmpty == false, "no \(member): \(problem)")
        }
        for finding in problem["errors"] as? [[String: Any]] ?? [] {
            try require((finding["message"] as? String)?.isEmpty == false, "no message: \(finding)")
        }
    }

    /// What a stream has for now: lines of text, in pieces that fit.
    private static func check(
        _ source: any ByteSource, isCompressed: Bool
    ) throws(Violation) {
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<64 {
            guard case .bytes(let count) = piece.withUnsafeMutableBytes({ source.read(into: $0) })
            else { break }
            try require((1...4096).contains(count), "\(count) bytes were read")
            text += piece.prefix(count)
        }
        // The last piece may end within a line.
        guard !isCompressed, let end = text.lastIndex(of: 0x0A) else { return }
        try require(
            String(validating: text[...end], as: UTF8.self) != nil, "a stream that is no text")
    }
}
