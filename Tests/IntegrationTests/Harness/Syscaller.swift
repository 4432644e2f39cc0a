import Glibc

/// The program that makes the system calls, and answers what came of them.
actor Syscaller {
    /// Its process id.
    nonisolated let pid: Int
    private let executor = BlockingExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let process: ChildProcess
    private let commands: CInt
    private let answers: Input

    /// What a system call gave its caller.
    struct Outcome: Sendable, Equatable {
        /// As from syscall(2): -1 where it failed.
        var result: Int
        /// 0 where it did not fail.
        var number: CInt
        /// What the arrays that it was given hold after it.
        var arrays: [[Int]]

        /// The value that the kernel returned.
        var kernelResult: Int { number == 0 ? result : -Int(number) }

        fileprivate init(_ words: some Sequence<Substring>) throws {
            let words = Array(words)
            guard words.count >= 2, let result = Int(words[0]), let number = CInt(words[1]) else {
                throw HarnessError("not an outcome: \(words.joined(separator: " "))")
            }
            self.result = result
            self.number = number
            arrays = words.dropFirst(2).map { $0.split(separator: ",").compactMap { Int($0) } }
        }
    }

    /// Starts it.
    init() async throws {
        let (process, input, output) = try ChildProcess.start("syscaller", [])
        self.process = process
        commands = input
        answers = Input(descriptor: output)
        pid = Int(process.pid)
        _ = try answer()
    }

    deinit { close(commands) }

    private func answer(within limit: Duration = Deadline.usual) throws -> String {
        guard let line = try answers.line(by: Deadline(in: limit)) else {
            throw HarnessError("the syscaller has ended")
        }
        guard line != "?" else { throw HarnessError("the syscaller cannot do that") }
        return line
    }

    /// Has a command of main.c obeyed, and returns the answer.
    func obey(_ command: String, within limit: Duration = Deadline.usual) throws -> String {
        try write(Array((command + "\n").utf8), to: commands)
        return try answer(within: limit)
    }

    /// Makes a call such as `pipe2 o:2 0`; arguments.h describes the words.
    ///
    /// It is made by the last child of the last child of ..., so many generations down.
    @discardableResult
    func call(_ words: String, generation: Int = 0) throws -> Outcome {
        let command = String(repeating: "tell ", count: generation) + "call " + words
        return try Outcome(obey(command).split(separator: " "))
    }

    /// Starts a child, or one further down, that goes on making calls; returns its process id.
    func startChild(generation: Int = 1) throws -> Int {
        try number(obey(String(repeating: "tell ", count: generation - 1) + "child"))
    }

    /// Has a new child that ends at once make a call; the child's parent is so many
    /// generations down.
    func fork(_ words: String, generation: Int = 0) throws -> (pid: Int, outcome: Outcome) {
        let command = String(repeating: "tell ", count: generation) + "fork " + words
        let answer = try obey(command).split(separator: " ")
        return (try number(String(answer.first ?? "")), try Outcome(answer.dropFirst()))
    }

    /// Has new programs make a call each, and returns their process ids in order.
    func exec(_ words: String, count: Int = 1, in directory: String) throws -> [Int] {
        try obey("exec \(directory) \(count) \(words)").split(separator: " ").compactMap { Int($0) }
    }

    /// Calls pipe2 from many threads, `pause` microseconds apart; the descriptors that each got,
    /// in order.
    func storm(threads: Int, calls: Int, flags: Int = 0, pause: Int = 0) throws -> [Int: [[Int]]] {
        var pairs: [Int: [[Int]]] = [:]
        for word in try obey("storm \(threads) \(calls) \(flags) \(pause)").split(separator: " ") {
            let parts = word.split(separator: ":")
            let numbers = parts[1].split(separator: ",").compactMap { Int($0) }
            pairs[try number(String(parts[0]))] = stride(from: 0, to: numbers.count, by: 2)
                .map { [numbers[$0], numbers[$0 + 1]] }
        }
        return pairs
    }

    private func number(_ text: String) throws -> Int {
        guard let number = Int(text) else { throw HarnessError("not a number: \(text)") }
        return number
    }
}
