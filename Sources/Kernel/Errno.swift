import CLibBPF
import Glibc

/// What an errno means, in words: strerror(3).
func errorText(_ number: CInt) -> String {
    unsafe String(cString: strerror(number))
}

/// Whether this process may read `path`: access(2).
func isReadable(_ path: String) -> Bool {
    unsafe access(path, R_OK) == 0
}

/// Opens a file to be read by this process alone: open(2).
func openForReading(_ path: String) -> CInt {
    unsafe martlet_open(path)
}
