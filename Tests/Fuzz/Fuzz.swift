import ArgumentParser
import Foundation

/// `fuzz`: hostile input for what parses it, by chance and by a seed.
@main
struct Fuzz: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Feed requests, policies and kernel records that are almost right.",
        discussion: """
            Each input is in a file while it is tried. What ends the process leaves it there: a \
            trap, a sanitizer, or the alarm where an input takes too long.
            """, subcommands: [Seeded.self, Guided.self], defaultSubcommand: Seeded.self)
}

/// `fuzz seeded`: inputs that depend on a seed alone.
struct Seeded: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Try inputs that a seed repeats.")

    @Option(help: "How long to go on, for all targets together.")
    var seconds = 60

    @Option(help: "What the inputs depend on; chance, if there is none.")
    var seed: UInt64?

    @Option(help: "Try the input of this file, once.")
    var replay: String?

    @Option(help: "Where the input that is being tried is kept.")
    var folder = ".build/fuzz"

    @Argument(help: "Which of record, policy and request; all, if there is none.")
    var names: [String] = []

    func run() async throws {
        if let replay {
            let input = [UInt8](try Data(contentsOf: URL(filePath: replay)))
            let file = URL(filePath: replay).lastPathComponent
            let name = String(file.prefix { $0 != "." })
            guard let kind = Self.targets.first(where: { $0.name == name }),
                let target = try await kind.made()
            else { throw ValidationError("the file is not named for a target: \(replay)") }
            try await target.check(input)
            print("\(name): \(input.count) bytes pass")
            await target.end()
            return
        }
        let seed = seed ?? .random(in: .min ... .max)
        print("fuzz: --seed \(seed) --seconds \(seconds)")
        let kinds = Self.targets.filter { names.isEmpty || names.contains($0.name) }
        for kind in kinds {
            try await run(kind, for: .seconds(seconds) / kinds.count, seed: seed)
        }
    }

    private static var targets: [any FuzzTarget.Type] {
        [RecordTarget.self, PolicyTarget.self, RequestTarget.self]
    }

    private func run(
        _ kind: any FuzzTarget.Type, for duration: Duration, seed: UInt64
    ) async throws {
        guard let target = try await kind.made() else {
            print("\(kind.name): skipped, since this machine cannot run the service")
            return
        }
        let trial = try Trial(of: kind.name, in: folder)
        var random = SplitMix(state: seed)
        let end = ContinuousClock.now + duration
        repeat {
            // Each input by a seed of its own, however many numbers the one before took.
            var numbers = SplitMix(state: random.next())
            let input = target.input(&numbers)
            do {
                try await trial.run(input) { try await target.check(input) }
            } catch {
                print("\(kind.name): \(error)\nthe input is \(trial.path)")
                throw ExitCode.failure
            }
        } while ContinuousClock.now < end
        await target.end()
        trial.end()
        print("\(kind.name): \(trial.count) inputs pass")
    }
}
