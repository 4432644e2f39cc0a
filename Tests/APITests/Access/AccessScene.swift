import Foundation
import HTTP
import Logging
import Synchronization
import Testing

@testable import API

/// Token files in a folder of their own, and what is in front of the routes that reads them.
final class AccessScene: Sendable {
    let folder = NSTemporaryDirectory() + "martlet-access-\(UUID().uuidString)"
    let log = RecordedLog()

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Writes a file, and gives its path.
    @discardableResult
    func write(_ text: String, as name: String, mode: mode_t = 0o600) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        try #require(chmod(path, mode) == 0)
        return path
    }

    /// Reads the tokens of these texts.
    func control(admin: String? = nil, read: String? = nil) throws -> AccessControl {
        try AccessControl(
            files: TokenFiles(
                admin: try admin.map { try write($0, as: "admin") },
                read: try read.map { try write($0, as: "read") }),
            logger: log.logger("test"))
    }

    /// What stands in front of the routes of a service at 127.0.0.1:8080.
    func guards(_ access: AccessControl, others: CrossOrigins = .none) throws -> Router.Guards {
        Router.Guards(
            origins: OriginPolicy(
                addresses: [try ListenAddress(parsing: "127.0.0.1:8080")], others: others),
            others: others, access: access, audit: AuditLog(log.logger(AuditLog.label)))
    }
}

extension Router.Guards {
    /// Those of a service without tokens, unless there is another control; they tell nobody.
    static func quiet(
        _ address: ListenAddress, access: AccessControl? = nil
    ) throws -> Router.Guards {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Router.Guards(
            origins: OriginPolicy(addresses: [address]), others: .none,
            access: try access ?? AccessControl(files: TokenFiles(), logger: logger),
            audit: AuditLog(logger))
    }
}

/// The lines that were logged, as `level label message key=value ...`.
final class RecordedLog: Sendable {
    private let stored = Mutex<[String]>([])

    var lines: [String] { stored.withLock { $0 } }

    func logger(_ label: String) -> Logger {
        Logger(label: label) { Handler(label: $0, log: self) }
    }

    private struct Handler: LogHandler {
        let label: String
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }
            let line =
                ["\(event.level)", label, "\(event.message)"]
                + fields.map { "\($0.key)=\($0.value)" }
            log.stored.withLock { $0.append(line.joined(separator: " ")) }
        }
    }
}

/// A token that is long enough, and told from others by its name.
func secret(_ name: String) -> String { name + String(repeating: "0", count: 16) }
