import Foundation

/// Runs the inputs of one target, each while it is in a file and within limits.
final class Trial {
    /// Seconds that an input may take; sanitizers are slow, and the machine may be busy.
    private static let seconds: UInt32 = 60
    /// KiB that the process may grow by with one input.
    private static let kibibytes = 512 * 1024

    let path: String
    private(set) var count = 0
    private let file: CInt
    private var peak = peakMemory()

    init(of name: String, in folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        path = "\(folder)/\(name).input"
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw Violation(description: "\(path): errno \(errno)") }
    }

    deinit { close(file) }

    /// Tries one input.
    func run(_ input: [UInt8], _ check: () async throws -> Void) async throws {
        guard ftruncate(file, 0) == 0, pwrite(file, input, input.count, 0) == input.count else {
            throw Violation(description: "\(path): errno \(errno)")
        }
        // Its signal ends the process.
        alarm(Self.seconds)
        try await check()
        alarm(0)
        count += 1
        let now = peakMemory()
        try require(
            now - peak < Self.kibibytes, "\(input.count) bytes of input took \(now - peak) KiB")
        peak = now
    }

    /// Nothing was found, and nothing needs to be kept.
    func end() { unlink(path) }
}

/// KiB that the process had at most.
private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
}
