import Dispatch
import Foundation

/// SIGTERM and SIGINT, as something to wait for.
final class StopSignals: Sendable {
    private let stream: AsyncStream<String>
    // Sendable: kept alive, and touched by nobody after init.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        self.stream = stream
        sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            signal(number, SIG_IGN)  // the source takes the signal; the default would kill first
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(name) }
            source.resume()
            return source
        }
    }

    /// The name of the first signal that comes.
    func first() async -> String {
        for await name in stream { return name }
        return "the end of signals"
    }
}
