import CLibBPF
import Glibc

/// What an errno means, in words: strerror(3).
func errorText(_ number: CInt) -> String {
    unsafe String(cString: strerror(number))
}

/// Whether this process may read `path`: faccessat(2).
///
/// Not access(2): it asks for the real user, for whom capabilities do not count.
func isReadable(_ path: String) -> Bool {
    unsafe faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0
}

/// Opens a file to be read by this process alone: open(2).
func openForReading(_ path: String) -> CInt {
    unsafe martlet_open(path)
}
