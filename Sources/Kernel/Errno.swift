import Glibc

/// What an errno means, in words: strerror(3).
func errorText(_ number: CInt) -> String {
    unsafe String(cString: strerror(number))
}

/// Whether this process may read `path`: access(2).
func isReadable(_ path: String) -> Bool {
    unsafe access(path, R_OK) == 0
}

/// The text of a small file of the kernel, or nil where there is none.
func readText(_ path: String) -> String? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16 * 1024)
    let capacity = bytes.count
    let length = unsafe fread(&bytes, 1, capacity, file)
    return String(decoding: bytes.prefix(length), as: UTF8.self)
}
