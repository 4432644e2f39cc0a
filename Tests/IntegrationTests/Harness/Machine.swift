import Foundation

/// The machine that the tests run on.
enum Machine {
    /// How many times as long as usual everything takes; an emulated machine says so, in
    /// Tests/VM/init.
    static let slowness =
        ProcessInfo.processInfo.environment["MARTLET_SLOWNESS"].flatMap { Int($0) } ?? 1

    /// A number of repetitions that takes about as long as `usual` does on a usual machine.
    static func repetitions(_ usual: Int) -> Int { max(1, usual / slowness) }
}
