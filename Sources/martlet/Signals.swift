import Dispatch
import Foundation

/// The signals that the service takes, as something to wait for.
final class Signals: Sendable {
    /// What a signal asks for.
    enum Request: Sendable, Equatable {
        /// SIGTERM or SIGINT, by its name.
        case stop(String)
        /// SIGHUP: read again what may have changed.
        case reload
    }

    private let stream: AsyncStream<Request>
    // Sendable: kept alive, and touched by nobody after init.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Request.self)
        self.stream = stream
        let requests: [(CInt, Request)] = [
            (SIGTERM, .stop("SIGTERM")), (SIGINT, .stop("SIGINT")), (SIGHUP, .reload),
        ]
        sources = requests.map { number, request in
            signal(number, SIG_IGN)  // the source takes the signal; the default would kill first
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(request) }
            source.resume()
            return source
        }
    }

    /// The name of the first signal to stop; `reload` is called for each that asks for it before.
    func stop(reload: () -> Void) async -> String {
        for await request in stream {
            switch request {
            case .stop(let name): return name
            case .reload: reload()
            }
        }
        return "the end of signals"
    }
}
