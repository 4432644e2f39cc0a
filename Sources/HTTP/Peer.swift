/// Who is at the other end of a connection.
public enum Peer: Sendable, Hashable, CustomStringConvertible {
    /// Somebody at an IP address, without brackets, and a port.
    case tcp(address: String, port: UInt16)
    /// A process of this machine, as it was when it connected (`SO_PEERCRED`).
    ///
    /// `pid` is 0 where the process is in a pid namespace that this one cannot see.
    case unix(uid: UInt32, gid: UInt32, pid: Int32)
    /// The kernel did not say.
    case unknown

    /// What limits per address count by: the IP address, or the user.
    ///
    /// A process can have any number of ports, and a user any number of processes.
    public var address: String {
        switch self {
        case .tcp(let address, _): address.contains(":") ? "[\(address)]" : address
        case .unix(let uid, _, _): "unix:uid=\(uid)"
        case .unknown: "unknown"
        }
    }

    /// As logs have it: `127.0.0.1:4711`, `[::1]:4711` or `unix:uid=0,pid=123`.
    public var description: String {
        switch self {
        case .tcp(_, let port): "\(address):\(port)"
        case .unix(_, _, let pid): "\(address),pid=\(pid)"
        case .unknown: address
        }
    }
}
