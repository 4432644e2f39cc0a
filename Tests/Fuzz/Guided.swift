import ArgumentParser
import Foundation

/// `fuzz guided`: lets libFuzzer look for inputs that reach new code.
///
/// It has to be built with coverage and libFuzzer's driver, as `make fuzz` does.
struct Guided: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for inputs that reach new code, by libFuzzer.")

    @Option(help: "How long to go on.")
    var seconds = 60

    @Option(help: "Where the inputs that are worth keeping are, in a folder for each target.")
    var folder = ".build/fuzz"

    @Argument(help: "record or policy.")
    var name: String

    /// `LLVMFuzzerTestOneInput`.
    private typealias Try = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    /// `LLVMFuzzerRunDriver`.
    private typealias Driver =
        @convention(c) (
            UnsafeMutablePointer<CInt>?,
            UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?, Try
        ) -> CInt

    func run() throws {
        guard let symbol = dlsym(nil, "LLVMFuzzerRunDriver") else {
            throw ValidationError("this build has no libFuzzer; make fuzz makes one")
        }
        let attempt: Try =
            switch name {
            case RecordTarget.name: { Self.check($0, $1) { try RecordTarget.check($0) } }
            case PolicyTarget.name: { Self.check($0, $1) { try PolicyTarget.check($0) } }
            default: throw ValidationError("there are record and policy, not \(name)")
            }
        let arguments = [
            "fuzz", "-max_total_time=\(seconds)", "-timeout=60", "-max_len=65536",
            "-rss_limit_mb=4096", "-artifact_prefix=\(folder)/\(name).", "-print_final_stats=1",
            try corpus(),
        ]
        var count = CInt(arguments.count)
        // libFuzzer keeps them until the process ends.
        let words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
            .allocate(capacity: arguments.count + 1)
        words.initialize(from: arguments.map { strdup($0) } + [nil], count: arguments.count + 1)
        var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = words
        let status = unsafeBitCast(symbol, to: Driver.self)(&count, &start, attempt)
        guard status == 0 else { throw ExitCode(status) }
    }

    /// Ends the process where a property does not hold: so libFuzzer keeps the input.
    private static func check(
        _ start: UnsafePointer<UInt8>?, _ count: Int, _ check: ([UInt8]) throws -> Void
    ) -> CInt {
        do {
            try check(Array(UnsafeBufferPointer(start: start, count: count)))
            return 0
        } catch {
            fatalError("\(error)")
        }
    }

    /// Inputs to begin with, beside those that were found before.
    private func corpus() throws -> String {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let target: any FuzzTarget =
            name == RecordTarget.name ? RecordTarget() : PolicyTarget()
        var random = SplitMix(state: 1)
        for number in 0..<200 {
            let input = Data(target.input(&random))
            try input.write(to: URL(filePath: "\(path)/first-\(number)"))
        }
        return path
    }
}
