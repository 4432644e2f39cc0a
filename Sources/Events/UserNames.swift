import Glibc

/// The names of /etc/passwd by user id, read again when the file has changed.
struct UserNames {
    private let path: String
    private var names: [UInt32: [UInt8]] = [:]
    /// When the file that `names` came from was changed: seconds and nanoseconds.
    private var version: (Int, Int)?

    init(path: String = "/etc/passwd") { self.path = path }

    /// The name of a user, if it has one on this machine.
    mutating func name(of uid: UInt32) -> [UInt8]? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        let found = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        if version.map({ $0 == found }) != true {
            version = found
            names = Self.parse(fileBytes(path, most: 1 << 20) ?? [])
        }
        return names[uid]
    }

    /// `name:password:uid:...`; of two names with one id the first counts, as in getpwuid(3).
    private static func parse(_ text: [UInt8]) -> [UInt32: [UInt8]] {
        var names: [UInt32: [UInt8]] = [:]
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count > 2, !fields[0].isEmpty, let number = Events.parse(fields[2]),
                let uid = UInt32(exactly: number)
            else { continue }
            names[uid] = names[uid] ?? Array(fields[0])
        }
        return names
    }
}
