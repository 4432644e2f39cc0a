import Glibc

/// A POSIX extended regular expression: regcomp(3).
///
/// Policies write patterns for Go. What both dialects share is common: `^`, `$`,
/// `.`, `*`, `+`, `?`, `|`, groups, sets, `{n,m}`, `\w`, `\b`. Others, such as
/// `\d` or `(?i)`, are refused or mean something else. It was chosen over Swift's
/// `Regex` because a kernel has 60,000 names: it takes a hundredth of the time.
@safe
public final class NamePattern {
    private var expression = unsafe regex_t()

    /// Compiles the pattern, or says what is wrong with it.
    public init(_ text: String) throws(InvalidPattern) {
        if let reason = Self.excess(of: text) {
            throw InvalidPattern(pattern: text, reason: reason)
        }
        let status = unsafe regcomp(&expression, text, REG_EXTENDED | REG_NOSUB)
        guard status == 0 else {
            var message = [CChar](repeating: 0, count: 128)
            let length = message.count
            unsafe regerror(status, &expression, &message, length)
            throw InvalidPattern(
                pattern: text,
                reason: String(
                    decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
                    as: UTF8.self))
        }
    }

    /// What would take the library more time or memory than a name is worth.
    private static func excess(of text: String) -> String? {
        guard text.utf8.count <= 256, !text.contains("\0") else {
            return "it has more than 256 bytes, or a zero byte"
        }
        guard text.firstMatch(of: /\\[1-9]/) == nil else { return "it refers back to a group" }
        // Repetitions are written out, and multiply where they are nested.
        let copies = text.matches(of: /\{([0-9,]+)\}/).reduce(1.0) { product, match in
            product * (match.1.split(separator: ",").compactMap { Double($0) }.max() ?? 1)
        }
        return copies > 1000 ? "it repeats something more than 1000 times" : nil
    }

    /// Whether the pattern fits some part of the name: regexec(3).
    public func matches(_ name: String) -> Bool {
        unsafe regexec(&expression, name, 0, nil, 0) == 0
    }

    deinit { unsafe regfree(&expression) }
}

/// A pattern that is no regular expression.
public struct InvalidPattern: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was given.
    public let pattern: String
    /// What is wrong with it, such as `Unmatched ( or \(`.
    public let reason: String

    /// Both in a sentence.
    public var description: String { "\"\(pattern)\" is no regular expression: \(reason)" }
}

extension Tracefs {
    /// The functions that ftrace, and so kprobe.multi and fentry, can be attached to.
    ///
    /// - Parameter pattern: fits their names.
    /// - Returns: the names, or nil where the kernel has no function tracer, or does not list them.
    public func traceableFunctions(matching pattern: NamePattern) -> [String]? {
        Self.traceableFunctions(matching: pattern, in: "\(path)/available_filter_functions")
    }

    /// Reads lines of a name, and for a function of a module its name: `ext4_sync_fs [ext4]`.
    static func traceableFunctions(matching pattern: NamePattern, in path: String) -> [String]? {
        var names: [String] = []
        let isThere = forEachLine(of: path) { line in
            let name = String(line.prefix { $0 != " " && $0 != "\t" && $0 != "\n" })
            if pattern.matches(name) { names.append(name) }
        }
        return isThere ? names : nil
    }
}
