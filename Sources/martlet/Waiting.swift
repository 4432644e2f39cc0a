import Dispatch
import Synchronization

/// Does `body` on other threads, and has this one wait for its end.
func waiting(for body: @escaping @Sendable () async throws -> Void) throws {
    let ended = DispatchSemaphore(value: 0)
    let outcome = Mutex<Result<Void, any Error>>(.success(()))
    Task.detached {
        do { try await body() } catch { outcome.withLock { $0 = .failure(error) } }
        ended.signal()
    }
    ended.wait()
    try outcome.withLock { $0 }.get()
}
