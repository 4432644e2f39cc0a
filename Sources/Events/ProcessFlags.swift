/// How an entry of the process table came about, and what it lacks.
struct ProcessFlags: OptionSet, Sendable {
    let rawValue: UInt16

    static let execve = ProcessFlags(rawValue: 1 << 0)
    static let procFS = ProcessFlags(rawValue: 1 << 1)
    /// The environment is not whole.
    static let errorEnvs = ProcessFlags(rawValue: 1 << 2)
    static let truncArgs = ProcessFlags(rawValue: 1 << 3)
    static let errorArgs = ProcessFlags(rawValue: 1 << 4)
    static let rootcwd = ProcessFlags(rawValue: 1 << 5)
    static let clone = ProcessFlags(rawValue: 1 << 6)
    /// The outer directories of the path are missing.
    static let errorPathResolutionCwd = ProcessFlags(rawValue: 1 << 7)
    /// It is, or descends from, the first process of an inner pid namespace.
    static let inInitTree = ProcessFlags(rawValue: 1 << 8)
    /// Nothing but the number is known.
    static let unknown = ProcessFlags(rawValue: 1 << 9)
    /// The path of the executable is not whole.
    static let truncFilename = ProcessFlags(rawValue: 1 << 10)

    /// In the order in which they are printed.
    private static let names: [(ProcessFlags, StaticString)] = [
        (.execve, "execve"), (.procFS, "procFS"), (.errorEnvs, "errorEnvs"),
        (.truncFilename, "truncFilename"), (.truncArgs, "truncArgs"), (.errorArgs, "errorArgs"),
        (.rootcwd, "rootcwd"),
        (.clone, "clone"), (.errorPathResolutionCwd, "errorPathResolutionCwd"),
        (.inInitTree, "inInitTree"), (.unknown, "unknown"),
    ]

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Appends the names, separated by spaces.
    func append(to json: inout JSONWriter) {
        var separates = false
        for (flag, name) in Self.names where contains(flag) {
            if separates { json.append(" ") }
            json.append(name)
            separates = true
        }
    }
}
