import Dispatch

/// Runs an actor's jobs on a queue of its own, where waiting for the kernel is allowed.
final class BlockingExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "integration")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// Runs `body`, which waits, where it does not hold one of the few threads of `async` code.
func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
