import Glibc

/// An open file descriptor, closed with its last owner: close(2).
final class Descriptor: Sendable {
    let number: CInt

    /// Adopts what a system call returned, or throws its errno.
    ///
    /// libbpf calls return `-errno` and set errno too; both conventions fit.
    init(adopting status: CInt, for operation: @autoclosure () -> KernelError.Operation)
        throws(KernelError)
    {
        guard status >= 0 else {
            throw KernelError(operation(), status: status == -1 ? errno : status)
        }
        if InjectedFault.strikes() {
            close(status)
            throw KernelError(operation(), status: ENOMEM)
        }
        number = status
    }

    /// Takes over a descriptor that is known to be open.
    init(owning number: CInt) { self.number = number }

    deinit { close(number) }
}
