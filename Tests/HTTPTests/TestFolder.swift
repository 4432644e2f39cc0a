import Foundation
import Glibc

/// A folder of a test's files; removed with it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/martlet-http-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FolderError(description: "mkdtemp: \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What is in it, in order.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    /// Writes a file, and returns its path.
    func write(_ text: String, as name: String, mode: mode_t = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file))
        guard chmod(file, mode) == 0 else { throw FolderError(description: "chmod: \(errno)") }
        return file
    }

    /// Makes a key and a certificate for `localhost`, and returns the paths of their files.
    func certificate(_ name: String) throws -> (certificate: String, key: String) {
        let files = (certificate: "\(path)/\(name).pem", key: "\(path)/\(name).key")
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=localhost", "-days", "1", "-out", files.certificate, "-keyout", files.key,
        ]
        openssl.standardInput = FileHandle.nullDevice
        openssl.standardOutput = FileHandle.nullDevice
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else {
            throw FolderError(description: "openssl: \(openssl.terminationStatus)")
        }
        return files
    }
}

struct FolderError: Error {
    let description: String
}
