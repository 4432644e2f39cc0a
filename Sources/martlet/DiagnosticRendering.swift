/// Writes problems as compilers do: the place, the line with a mark under it, and the hint.
///
///     pipes.yaml:14:11: error: an argument has no field "retrunCopy" [unknown_field]
///        14 |           retrunCopy: true
///           |           ^~~~~~~~~~
///           = did you mean "returnCopy"?
struct DiagnosticRendering {
    /// Whether a terminal shows it.
    let hasColor: Bool

    /// Characters of a line that are shown; a document on one line can have a million.
    private static let width = 120

    /// All that there is to say about a file; a line for each document without problems, too.
    func text(of report: FileReport) -> String {
        let lines = SourceLines(report.text)
        return report.documents.map { document in
            document.problems.map { text(of: $0, in: report.file, lines) }.joined()
                + summary(of: document, in: report.file)
        }.joined()
    }

    private func summary(of document: FileReport.Document, in file: String) -> String {
        guard document.isValid else {
            let errors = document.problems.count { $0.severity == "error" }
            return "\(file.printable): \(errors == 1 ? "1 error" : "\(errors) errors")\n"
        }
        let name = (document.name ?? "").printable
        return "\(file.printable): the policy \(name) is valid"
            + (document.isServed ? "\n" : ", and not served by this version\n")
    }

    private func text(
        of problem: FileReport.Problem, in file: String, _ lines: SourceLines
    ) -> String {
        let place = "\(file.printable):\(problem.line):\(problem.column): "
        let head =
            styled(place, "1") + styled("\(problem.severity): ", color(of: problem.severity))
            + styled(problem.message.printable, "1") + " [\(problem.code)]\n"
        let number = String(problem.line)
        let margin = String(repeating: " ", count: max(0, 5 - number.utf8.count))
        let blank = String(repeating: " ", count: max(5, number.utf8.count))
        var text = head
        if let line = lines[problem.line] {
            let (shown, mark) = excerpt(of: line, at: problem.column - 1)
            text += "\(margin)\(number) | \(shown)\n"
            text += "\(blank) | " + mark.blanks + styled(mark.carets, "32") + "\n"
        }
        if let hint = problem.hint { text += "\(blank) = \(hint.printable)\n" }
        return text
    }

    /// The part of a line around a column, and what to write under it.
    private func excerpt(
        of line: [Unicode.Scalar], at column: Int
    ) -> (shown: String, mark: (blanks: String, carets: String)) {
        let start = column < Self.width - 20 ? 0 : column - Self.width / 2
        let end = min(line.count, start + Self.width)
        let before = (start > 0 ? "..." : "") + line[start..<min(column, end)].printable
        let shown =
            before + line[min(column, end)..<end].printable + (end < line.count ? "..." : "")
        let length = max(1, line[min(column, end)..<end].prefix(while: \.isWord).count)
        // Tabs stay, so that the mark stands under what it marks.
        let blanks = String(before.map { $0 == "\t" ? "\t" : " " })
        return (shown, (blanks, "^" + String(repeating: "~", count: length - 1)))
    }

    private func color(of severity: String) -> String {
        switch severity {
        case "error": "1;31"
        case "warning": "1;35"
        default: "1;36"
        }
    }

    private func styled(_ text: String, _ style: String) -> String {
        hasColor ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
    }
}

/// The lines of a document, as its positions count them.
struct SourceLines {
    private let lines: [[Unicode.Scalar]]

    init(_ text: [UInt8]) {
        var lines: [[Unicode.Scalar]] = [[]]
        var previous: Unicode.Scalar?
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\n" where previous == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append([])
            case "\u{FEFF}" where previous == nil: break
            default: lines[lines.count - 1].append(scalar)
            }
            previous = scalar
        }
        self.lines = lines
    }

    /// The line of that number, counted from 1.
    subscript(number: Int) -> [Unicode.Scalar]? {
        lines.indices.contains(number - 1) ? lines[number - 1] : nil
    }
}

extension Unicode.Scalar {
    /// Whether a mark goes on under it.
    fileprivate var isWord: Bool {
        properties.isAlphabetic || ("0"..."9").contains(self) || self == "_" || self == "-"
    }

    /// Whether a terminal would do something else than to show it.
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: self != "\t"
        default: false
        }
    }
}

extension Collection<Unicode.Scalar> {
    /// The text without what a terminal would take for a command: each such is `\u{FFFD}`.
    fileprivate var printable: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: map { $0.isControl ? "\u{FFFD}" : $0 })
        return String(view)
    }
}

extension String {
    fileprivate var printable: String { unicodeScalars.printable }
}
