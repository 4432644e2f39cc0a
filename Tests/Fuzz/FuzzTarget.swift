/// Something that takes bytes from strangers.
protocol FuzzTarget {
    /// The name, on the command line and of files.
    static var name: String { get }

    /// Makes one, or nil where this machine cannot.
    static func made() async throws -> (any FuzzTarget)?

    /// An input that is almost right.
    func input(_ random: inout SplitMix) -> [UInt8]

    /// Tries an input; throws a ``Violation`` where something is not as it always must be.
    func check(_ input: [UInt8]) async throws

    /// Lets go of what it holds.
    func end() async
}

/// Something that must never be, and is.
struct Violation: Error, CustomStringConvertible {
    let description: String
}

/// Throws where a property does not hold.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Violation) {
    guard holds else { throw Violation(description: what()) }
}
