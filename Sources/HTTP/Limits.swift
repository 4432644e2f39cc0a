/// What a daemon spends at most.
public struct Limits: Sendable, Equatable {
    /// Threads that serve the connections of one listener, and never block.
    public var threads = 2
    /// Open connections of one listener, idle ones and subscribers included, shared evenly by its
    /// threads.
    ///
    /// More of them wait in the kernel until one is closed. Each needs a descriptor, so
    /// `RLIMIT_NOFILE` must allow them.
    public var connections = 4096
    /// Open connections from one address; what is more is closed at once.
    ///
    /// So one client leaves room for others. A peer of a Unix socket has no address, and no such limit.
    public var connectionsPerAddress = 3072
    /// Seconds of silence after which a peer that sends or takes a request is dropped.
    ///
    /// Streamed bodies and requests that are being answered have no such limit.
    public var silence = 30
    /// Seconds that a peer may take to send a request: so many for its head, and again for its body.
    ///
    /// A connection that was in use may be silent before its next request. Whoever is late is cut
    /// off, however often it sends a byte.
    public var reception = 30
    /// Seconds that a peer may take nothing of what it was sent, streamed bodies included.
    ///
    /// A peer that vanished without a word is found so, and one that has stopped reading is cut off
    /// (`TCP_USER_TIMEOUT`; over a Unix socket, libmicrohttpd's own timeout). A peer that has nothing
    /// to take may be silent for ever.
    public var acknowledgement = 60
    /// Bytes a connection may use for its headers, and for each piece of a streamed body.
    ///
    /// More does not make one stream faster (2.7 GB/s from 32 KiB up), but libmicrohttpd touches
    /// half of it for a subscriber that is idle.
    public var connectionMemory = 32_768
    /// Bytes of a refused body that are still read, so that its sender gets to see the answer.
    ///
    /// A peer that sends more is cut off.
    public var discardedBody = 16 * 1024 * 1024
    /// Milliseconds that ``Daemon/stop()`` waits for responses and streams to end by themselves.
    public var drainMilliseconds = 500

    /// The defaults.
    public init() {}
}
