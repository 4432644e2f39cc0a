/// The members of events that a subscriber wants, named by paths such as `process.pid`.
///
/// A path begins below the event's own name, as in Tetragon's field filters: the members beside
/// it (`node_name`, `time`) always stay. A path through an array goes through its elements. Where
/// paths are included, all else goes; what is excluded goes in any case.
public struct FieldMask: Sendable, Equatable {
    private(set) var included: Branch?
    private(set) var excluded: Branch?

    /// The paths that begin at one place, by the names that follow; none where a path ends.
    struct Branch: Sendable, Equatable {
        var names: [[UInt8]: Branch] = [:]

        var isEnd: Bool { names.isEmpty }

        mutating func add(_ path: ArraySlice<[UInt8]>) {
            guard let first = path.first else { return }
            // A path that ends before this one takes it in already.
            if let known = names[first], known.isEnd { return }
            if path.count == 1 {
                names[first] = Branch()
            } else {
                names[first, default: Branch()].add(path.dropFirst())
            }
        }
    }

    /// A path that is none.
    public struct Fault: Error, Equatable {
        /// The path as it was written.
        public let path: String
    }

    /// Reads paths; those with `-` before them are excluded.
    public init(_ paths: [String]) throws(Fault) {
        for path in paths {
            let isExcluded = path.hasPrefix("-")
            let names = path.dropFirst(isExcluded ? 1 : 0).utf8
                .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .map(Array.init)
            guard names.count <= 16, names.allSatisfy(Self.isName) else { throw Fault(path: path) }
            if isExcluded {
                excluded = excluded ?? Branch()
                excluded?.add(names[...])
            } else {
                included = included ?? Branch()
                included?.add(names[...])
            }
        }
    }

    private static func isName(_ name: [UInt8]) -> Bool {
        !name.isEmpty
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension FieldMask {
    /// What is left of a member: all of it, nothing, or what the paths below it leave.
    enum Verdict: Equatable {
        case whole
        case gone
        case part(FieldMask)
    }

    private init(included: Branch?, excluded: Branch?) {
        self.included = included
        self.excluded = excluded
    }

    /// What to do with the member of this name.
    func verdict(on name: [UInt8]) -> Verdict {
        let excluded = excluded?.names[name]
        if excluded?.isEnd == true { return .gone }
        var below: Branch?
        if let included {
            guard let branch = included.names[name] else { return .gone }
            if !branch.isEnd { below = branch }
        }
        if below == nil, excluded == nil { return .whole }
        return .part(FieldMask(included: below, excluded: excluded))
    }

    /// Whether a value that has no members stays.
    var leavesScalars: Bool { included == nil }
}
