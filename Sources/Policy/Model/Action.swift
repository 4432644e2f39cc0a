/// What to do with a call that a selector lets pass.
public enum Action: Sendable, Equatable {
    /// Report an event.
    case post(Post)
    /// Report nothing; other actions are done.
    case noPost
    /// Send the caller a signal, from 1 to 64.
    case signal(Int)
    /// Return in the call's place, or go on elsewhere.
    case override(Override)
    /// Take events on a socket for those of this process, or stop that; by the position of the
    /// argument that is the socket.
    case socket(SocketTracking, argument: Int)
    /// Leave it to the enforcer to override the call's result, and to send a signal.
    case notifyEnforcer(error: Int, signal: Int)
    /// Take such a note back.
    case cleanupEnforcerNotification
    /// Fetch a URL.
    case getURL(String)
    /// Look a name up.
    case dnsLookup(String)
    /// Write a number to the memory that an argument of a static probe lies in.
    case set(argument: Int, value: UInt32)

    /// How to report an event.
    public struct Post: Sendable, Equatable {
        /// How often at most, where that is limited.
        public let rateLimit: RateLimit?
        /// Whether the event has the kernel's stack.
        public let hasKernelStack: Bool
        /// Whether the event has the program's stack.
        public let hasUserStack: Bool
        /// Whether the event has the file's hash of the integrity measurement architecture.
        public let hasIntegrityHash: Bool

        /// Every event, and nothing more.
        public static let standard = Post(
            rateLimit: nil, hasKernelStack: false, hasUserStack: false, hasIntegrityHash: false)
    }

    /// The least time between two equal events.
    public struct RateLimit: Sendable, Equatable {
        /// Whose events are compared.
        public enum Scope: String, Sendable, CaseIterable {
            case thread, process, global
        }

        /// In milliseconds; at most 2³² - 1, which stands for everything longer.
        public let milliseconds: UInt32
        /// Whose events are compared.
        public let scope: Scope
    }

    /// What happens in the call's place.
    public struct Override: Sendable, Equatable {
        /// The place that a function of a program goes on at.
        public enum Destination: Sendable, Equatable {
            case symbol(String)
            case address(Int)
            case offset(Int)
        }

        /// The result, 0 or a negative errno.
        public let error: Int
        /// Assignments to registers, such as `rax=0`; for functions of programs.
        public let registers: [String]
        /// Where to go on; for functions of programs.
        public let destination: Destination?
    }
}
