import Glibc

extension Syscaller {
    /// Starts a process that does the steps of steps.h; returns it and those that it forked, once
    /// they run their programs or have ended.
    ///
    /// They end with this one; each has to be waited for with ``end(_:by:)``, unless its parent did.
    func start(_ steps: [String]) throws -> [Int] {
        let answer = try obey("start " + steps.joined(separator: " "))
        let pids = answer.split(separator: " ").compactMap { Int($0) }
        if let failure = pids.first(where: { $0 < 0 }) {
            throw HarnessError.call(steps.joined(separator: " "), CInt(-failure))
        }
        return pids
    }

    /// Waits for the end of a process, which a signal may bring about.
    @discardableResult
    func end(_ pid: Int, by signal: CInt = 0) throws -> WaitStatus {
        guard let status = CInt(try obey("end \(pid) \(signal)")) else {
            throw HarnessError("not a status")
        }
        return WaitStatus(status)
    }

    /// Has a new child make a call such as `pipe2 o:2 0`, and returns how the child ended: with 0
    /// where it survived the call.
    func attempt(_ words: String) throws -> (pid: Int, status: WaitStatus) {
        let answer = try obey("try " + words).split(separator: " ").compactMap { CInt($0) }
        guard answer.count == 2 else { throw HarnessError("no process and status") }
        return (Int(answer[0]), WaitStatus(answer[1]))
    }

    /// Has workers run a program over and over, so many times or until ``endChurn()``; returns them.
    func beginChurn(workers: Int, count: Int? = nil, _ program: String) throws -> [Int] {
        try obey("churn \(workers) \(count ?? 0) \(program)").split(separator: " ")
            .compactMap { Int($0) }
    }

    /// Notes how far the workers are.
    func markChurn() throws { _ = try obey("mark") }

    /// Waits for the workers; returns what each has run in order, before the mark and after it.
    func endChurn() throws -> [(before: [Int], after: [Int])] {
        try obey("still", within: .seconds(120)).split(separator: " ").map { word in
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let mark = Int(parts[0]) else {
                throw HarnessError("a worker failed")
            }
            let pids = parts[1].split(separator: ",").compactMap { Int($0) }
            return (Array(pids.prefix(mark)), Array(pids.dropFirst(mark)))
        }
    }
}

/// What wait(2) tells of a process that ended.
struct WaitStatus: Equatable {
    /// 0 where a signal ended it.
    var exit: Int
    /// 0 where it ended by itself.
    var signal: CInt
    var dumpedCore: Bool

    init(_ status: CInt) {
        exit = Int(status >> 8 & 0xFF)
        signal = status & 0x7F
        dumpedCore = status & 0x80 != 0
    }
}
