import Glibc

/// What a search for functions found.
public struct FunctionMatches: Sendable, Equatable {
    /// How many functions match.
    public var total: Int
    /// The first of them: the exact name, names that begin with the text, names that hold it.
    public var functions: [FunctionPrototype]
}

/// How well a name fits what is searched for, best first.
private enum Rank: Int, CaseIterable {
    case exact, prefix, within
}

/// Searches the names of functions.
struct FunctionSearch {
    private let text: String
    private let isGlob: Bool

    /// `*` stands for any text, as for a shell; without one, the text may stand anywhere.
    init(_ text: String) {
        self.text = text
        isGlob = text.contains("*")
    }

    /// Searches all of them; only the first `limit` matches are looked at closely.
    func matches(in indexes: [FunctionIndex], limit: Int) -> FunctionMatches {
        var found = [[Candidate]](repeating: [], count: Rank.allCases.count)
        unsafe text.withCString { wanted in
            let length = unsafe strlen(wanted)
            for (index, functions) in indexes.enumerated() {
                for id in functions.functions {
                    let rank = unsafe functions.withName(of: id) {
                        unsafe self.rank(of: $0, wanted, length)
                    }
                    if let rank { found[rank.rawValue].append(Candidate(index: index, id: id)) }
                }
            }
        }
        var functions: [FunctionPrototype] = []
        for candidates in found where functions.count < limit {
            let first = sorted(candidates, in: indexes).prefix(limit - functions.count)
            functions += first.map { indexes[$0.index].types.function($0.id) }
        }
        return FunctionMatches(total: found.reduce(0) { $0 + $1.count }, functions: functions)
    }

    /// A function by its place.
    private struct Candidate {
        let index: Int
        let id: UInt32
    }

    private func rank(
        of name: UnsafePointer<CChar>, _ wanted: UnsafePointer<CChar>, _ length: Int
    ) -> Rank? {
        if isGlob { return unsafe Self.fits(name, wanted) ? .within : nil }
        guard let place = unsafe strstr(name, wanted) else { return nil }
        guard unsafe place == UnsafeMutablePointer(mutating: name) else { return .within }
        return unsafe name[length] == 0 ? .exact : .prefix
    }

    /// Whether the whole name fits a pattern of `*` and letters.
    ///
    /// fnmatch(3) tries every way to divide a name among the asterisks, which a pattern of many
    /// makes endless. The shortest text for each is enough: only the last one may have to grow.
    private static func fits(_ name: UnsafePointer<CChar>, _ pattern: UnsafePointer<CChar>) -> Bool
    {
        let asterisk = CChar(bitPattern: UInt8(ascii: "*"))
        var name = unsafe name, pattern = unsafe pattern
        var retry: (name: UnsafePointer<CChar>, pattern: UnsafePointer<CChar>)?
        while unsafe name.pointee != 0 {
            if unsafe pattern.pointee == asterisk {
                unsafe pattern += 1
                unsafe retry = unsafe (name, pattern)
            } else if unsafe pattern.pointee == name.pointee {
                unsafe name += 1
                unsafe pattern += 1
            } else if let last = unsafe retry {
                unsafe name = unsafe last.name + 1
                unsafe pattern = unsafe last.pattern
                unsafe retry = unsafe (name, pattern)
            } else {
                return false
            }
        }
        while unsafe pattern.pointee == asterisk { unsafe pattern += 1 }
        return unsafe pattern.pointee == 0
    }

    private func sorted(_ candidates: [Candidate], in indexes: [FunctionIndex]) -> [Candidate] {
        candidates.sorted { one, other in
            unsafe indexes[one.index].withName(of: one.id) { name in
                unsafe indexes[other.index].withName(of: other.id) {
                    unsafe strcmp(name, $0) < 0
                }
            }
        }
    }
}
