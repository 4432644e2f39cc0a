import Events
import HTTP
import Policy
import Tracing

/// An error as clients see it: application/problem+json (RFC 9457).
struct Problem: Error {
    var status: Int
    /// The last part of the type URI, stable for programs.
    var type: String
    var title: String
    var detail: String
    var headers: Headers = [:]
    var errors: [Finding] = []

    /// One entry of `errors`.
    indirect enum Finding: Sendable {
        /// A place in a document.
        case document(Diagnostic)
        /// A hook that the kernel refused.
        case kernel(pointer: String, kernel: String, errno: Int32, message: String, log: [String])
        /// A document as a whole.
        case whole(code: String, message: String)
        /// One of a document that is among several, counted from 0.
        case inSet(document: Int, Finding)
    }

    var response: Response {
        var json = JSONWriter(capacity: 1024)
        json.append("{\"type\":")
        json.append(quoted: "/problems/" + type)
        json.append(",\"title\":")
        json.append(quoted: title)
        json.append(",\"status\":")
        json.append(status)
        json.append(",\"detail\":")
        json.append(quoted: detail)
        if !errors.isEmpty {
            json.appendList(errors, named: "errors") { error, json in error.append(to: &json) }
        }
        json.append("}\n")
        var headers = headers
        headers["Content-Type"] = "application/problem+json"
        headers["Cache-Control"] = "no-store"
        return Response(status: status, headers: headers, body: .bytes(json.array))
    }
}

extension Problem.Finding {
    func append(to json: inout JSONWriter) {
        json.append("{")
        appendMembers(to: &json)
        json.append("}")
    }

    private func appendMembers(to json: inout JSONWriter) {
        switch self {
        case .document(let diagnostic):
            json.appendMembers(of: diagnostic)
        case .kernel(let pointer, let kernel, let errno, let message, let log):
            json.append("\"severity\":\"error\",\"code\":\"kernel_refused\",\"pointer\":")
            json.append(quoted: pointer)
            json.append(",\"kernel\":")
            json.append(quoted: kernel)
            json.append(",\"errno\":")
            json.append(errno)
            json.append(",\"message\":")
            json.append(quoted: message)
            json.appendList(log, named: "log") { line, json in json.append(quoted: line) }
        case .whole(let code, let message):
            json.append("\"severity\":\"error\",\"code\":")
            json.append(quoted: code)
            json.append(",\"message\":")
            json.append(quoted: message)
        case .inSet(let document, let finding):
            json.append("\"document\":")
            json.append(document)
            json.append(",")
            finding.appendMembers(to: &json)
        }
    }
}

extension JSONWriter {
    /// Appends one finding about a document.
    mutating func append(_ diagnostic: Diagnostic) {
        append("{")
        appendMembers(of: diagnostic)
        append("}")
    }

    fileprivate mutating func appendMembers(of diagnostic: Diagnostic) {
        append("\"severity\":")
        append(quoted: diagnostic.severity.rawValue)
        append(",\"code\":")
        append(quoted: diagnostic.code.rawValue)
        append(",\"pointer\":")
        append(quoted: diagnostic.pointer)
        append(",\"line\":")
        append(diagnostic.position.line)
        append(",\"column\":")
        append(diagnostic.position.column)
        append(",\"message\":")
        append(quoted: diagnostic.message)
        if let hint = diagnostic.hint {
            append(",\"hint\":")
            append(quoted: hint)
        }
    }

    /// Appends `,"name":[...]`.
    mutating func appendList<Element>(
        _ elements: [Element], named name: String, element: (Element, inout JSONWriter) -> Void
    ) {
        append(",")
        append(quoted: name)
        append(":[")
        for (index, value) in elements.enumerated() {
            if index > 0 { append(",") }
            element(value, &self)
        }
        append("]")
    }
}
