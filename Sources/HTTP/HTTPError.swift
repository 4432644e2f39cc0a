import Glibc

/// A call that failed while a daemon was started.
public struct HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried.
    public enum Operation: Sendable, Equatable {
        /// Making a socket.
        case openSocket
        /// Binding it to an address.
        case bind(ListenAddress)
        /// Binding to a path where there is a file that is no socket.
        case replaceFile(ListenAddress)
        /// Making and locking the file that keeps others from a path.
        case lock(String)
        /// Setting the group and mode of a socket's file.
        case permit(ListenAddress, SocketPermissions)
        /// Listening on it.
        case listen(ListenAddress)
        /// Watching over its connections.
        case watchConnections
        /// Starting libmicrohttpd on it.
        case startDaemon(ListenAddress)
    }

    /// What was tried.
    public var operation: Operation
    /// The errno; 0 where libmicrohttpd gave no reason but a message.
    public var number: CInt

    init(_ operation: Operation, errno number: CInt) {
        self.operation = operation
        self.number = number
    }

    /// What was tried, on what, and what came back.
    public var description: String {
        let attempt =
            switch operation {
            case .openSocket: "cannot make a socket"
            case .bind(let address): "cannot bind \(address)"
            case .replaceFile(let address):
                "cannot bind \(address): there is a file that is no socket; remove it, or choose "
                    + "another path"
            case .lock(let path): "cannot lock \(path)"
            case .permit(let address, let permissions):
                "cannot give \(address) the mode \(String(permissions.mode, radix: 8))"
                    + (permissions.group.map { " and the group \($0)" } ?? "")
            case .listen(let address): "cannot listen on \(address)"
            case .watchConnections: "cannot watch over connections"
            case .startDaemon(let address): "cannot serve HTTP on \(address)"
            }
        return number == 0 ? attempt : "\(attempt): \(errorText(number))"
    }
}

/// The C library's sentence for an errno (`strerror_r`).
func errorText(_ number: CInt) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let text = buffer.baseAddress,
            unsafe strerror_r(number, text, buffer.count) == 0
        else { return "error \(number)" }
        return unsafe String(cString: text)
    }
}
