import Glibc

/// A pattern of secrets: what it matches becomes `*****` before anything is stored or sent.
///
/// Patterns are POSIX extended regular expressions, which also know `\w`, `\s` and `\b`, on bytes.
/// Where a pattern has groups, only what they match is a secret: `--password[= ]([^ ]+)` keeps the
/// option's name.
public struct Redaction: Sendable {
    /// What stands in the place of a secret.
    static let mark = Array("*****".utf8)

    private let pattern: CompiledPattern

    /// Compiles a pattern: regcomp(3).
    ///
    /// - Throws: ``RedactionError`` with regcomp's words.
    public init(_ pattern: String) throws(RedactionError) {
        self.pattern = try CompiledPattern(pattern)
    }

    /// The text with every secret replaced.
    func apply(to text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var kept = 0
        var start = 0
        while start <= text.count, let match = pattern.firstMatch(in: text, from: start) {
            for secret in match.secrets where secret.lowerBound >= kept && !secret.isEmpty {
                result += text[kept..<secret.lowerBound] + Self.mark
                kept = secret.upperBound
            }
            // What matched nothing is stepped over, or it would be found for ever.
            start = max(match.whole.upperBound, match.whole.lowerBound + 1)
        }
        return kept == 0 ? text : result + text[kept...]
    }
}

/// A pattern that cannot be used.
public struct RedactionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The pattern.
    public let pattern: String
    /// What is wrong with it.
    public let reason: String

    /// Both, for a person.
    public var description: String { "\"\(pattern)\" is not a regular expression: \(reason)" }
}

/// A compiled `regex_t`.
@safe
private final class CompiledPattern: @unchecked Sendable {
    // Sendable: written once, and regexec(3) only reads it, under a lock of its own.

    private let compiled: UnsafeMutablePointer<regex_t>
    private let groupCount: Int

    init(_ pattern: String) throws(RedactionError) {
        let compiled = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        let status = unsafe regcomp(compiled, pattern, REG_EXTENDED)
        guard status == 0 else {
            var words = [CChar](repeating: 0, count: 256)
            _ = unsafe regerror(status, compiled, &words, words.count)
            unsafe compiled.deallocate()
            throw RedactionError(
                pattern: pattern,
                reason: String(
                    decoding: words.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        unsafe self.compiled = unsafe compiled
        groupCount = unsafe Int(compiled.pointee.re_nsub)
    }

    deinit {
        unsafe regfree(compiled)
        unsafe compiled.deallocate()
    }

    /// The whole match, and what of it is secret: its groups, or all where it has none.
    func firstMatch(in text: [UInt8], from start: Int)
        -> (whole: Range<Int>, secrets: [Range<Int>])?
    {
        var matches = [regmatch_t](repeating: regmatch_t(), count: groupCount + 1)
        // With REG_STARTEND the first entry says where to look, and the text needs no NUL.
        matches[0] = regmatch_t(rm_so: regoff_t(start), rm_eo: regoff_t(text.count))
        let status = unsafe text.withUnsafeBytes { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                guard let base = characters.baseAddress else {
                    return CInt(_REG_NOMATCH.rawValue)
                }
                return unsafe regexec(
                    compiled, base, matches.count, &matches,
                    REG_STARTEND | (start > 0 ? REG_NOTBOL : 0))
            }
        }
        guard status == 0 else { return nil }
        let ranges = matches.map { $0.rm_so < 0 ? 0..<0 : Int($0.rm_so)..<Int($0.rm_eo) }
        return (ranges[0], groupCount == 0 ? ranges : Array(ranges.dropFirst()))
    }
}
