import CWire
import Glibc

/// The namespaces of a process by their inode numbers; 0 where one is not known.
struct Namespaces: Sendable {
    /// In the order of `wire_namespace`, by the names of /proc/PID/ns and of events.
    static let names: [StaticString] = [
        "uts", "ipc", "mnt", "pid", "pid_for_children", "net", "time", "time_for_children",
        "cgroup", "user",
    ]

    private var numbers = InlineArray<10, UInt32>(repeating: 0)

    subscript(_ namespace: wire_namespace) -> UInt32 {
        get { numbers[Int(namespace.rawValue)] }
        set { numbers[Int(namespace.rawValue)] = newValue }
    }
}

extension Namespaces: Equatable {
    static func == (one: Namespaces, other: Namespaces) -> Bool {
        one.numbers.indices.allSatisfy { one.numbers[$0] == other.numbers[$0] }
    }
}

extension Namespaces {
    typealias Words = (
        UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32
    )

    /// Takes over the kernel side's words.
    init(_ words: Words) {
        numbers = [
            words.0, words.1, words.2, words.3, words.4, words.5, words.6, words.7, words.8,
            words.9,
        ]
    }

    /// Reads the links of `directory`, such as /proc/1/ns: `mnt:[4026531841]`.
    init(readingLinksOf directory: String) {
        for (index, name) in Self.names.enumerated() {
            guard let target = linkTarget("\(directory)/\(name)"),
                let bracket = target.firstIndex(of: UInt8(ascii: "[")),
                let number = parse(target[(bracket + 1)...])
            else { continue }
            numbers[index] = UInt32(truncatingIfNeeded: number)
        }
    }

    /// Whether mounts and users mean the same to both.
    func seesSameFiles(as host: Namespaces) -> Bool {
        self[WIRE_NAMESPACE_MNT] == host[WIRE_NAMESPACE_MNT]
            && self[WIRE_NAMESPACE_USER] == host[WIRE_NAMESPACE_USER]
    }
}

extension JSONWriter {
    /// Appends the member `ns` after a comma.
    mutating func append(_ namespaces: Namespaces, host: Namespaces) {
        append(",\"ns\":{")
        var separator = Separator()
        for (index, name) in Namespaces.names.enumerated() {
            let place = wire_namespace(rawValue: UInt32(index))
            guard namespaces[place] != 0 else { continue }
            separator.append(to: &self)
            append("\"")
            append(name)
            append("\":{\"inum\":")
            append(namespaces[place])
            if namespaces[place] == host[place] { append(",\"is_host\":true") }
            append("}")
        }
        append("}")
    }
}
