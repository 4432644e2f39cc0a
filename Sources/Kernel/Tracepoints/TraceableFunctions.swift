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
    /// - Returns: the names, or nil where the kernel has no function tracer.
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
