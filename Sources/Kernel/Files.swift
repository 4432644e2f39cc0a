import Glibc

/// The names in a directory but the hidden ones, or none where it cannot be read: readdir(3).
func namesOfFiles(in path: String) -> [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                unsafe String(cString: $0)
            }
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names
}

/// Shows each line of a file in turn, without keeping it: getline(3).
///
/// - Returns: whether the file could be opened.
@discardableResult
func forEachLine(of path: String, _ body: (String) -> Void) -> Bool {
    guard let file = unsafe fopen(path, "re") else { return false }
    defer { unsafe fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { unsafe free(line) }
    while unsafe getline(&line, &capacity, file) > 0, let text = unsafe line {
        unsafe body(String(cString: text))
    }
    return true
}

/// The text of a small file, at most its first 16 KiB, or nil where it cannot be read.
func textOfFile(_ path: String) -> String? {
    guard let file = unsafe fopen(path, "re") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16 * 1024)
    let capacity = bytes.count
    let length = unsafe fread(&bytes, 1, capacity, file)
    return String(decoding: bytes.prefix(length), as: UTF8.self)
}
