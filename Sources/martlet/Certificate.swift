import Foundation
import HTTP
import Logging

/// The certificate that TLS listeners have, and what the log is told of it.
struct Certificate {
    let files: TLSFiles
    let logger: Logger

    /// Reads it and its key again, for connections that begin from now on.
    ///
    /// Where that cannot be, all stays as it was. What came of it is the last that the log is told.
    func reload() {
        let outcome = Result { () throws(TLSIdentityError) in try files.reload() }
        tellConcern()
        switch outcome {
        case .success:
            logger.notice("certificate read again: \(files.certificate), good until \(end)")
        case .failure(.unreadable(let path, EACCES, let user)):
            logger.error(
                """
                the certificate stays as it was: the user \(user) may not read \(path); the service \
                has given up rights that it had at the start, so this user has to be let
                """)
        case .failure(let error): logger.error("the certificate stays as it was: \(error)")
        }
    }

    /// Warns where clients refuse it, or will in some days.
    func tellConcern() {
        let name = "the certificate \(files.certificate)"
        switch validity.concern(at: Int(Date().timeIntervalSince1970)) {
        case .expired: logger.warning("\(name) has expired: it was good until \(end)")
        case .notYetValid: logger.warning("\(name) is not good yet: it will be from \(begin)")
        case .endsSoon: logger.warning("\(name) ends within 7 days: it is good until \(end)")
        case nil: break
        }
    }

    private var validity: TLSValidity { files.identity.validity }
    private var begin: String { Self.text(of: validity.begin) }
    private var end: String { Self.text(of: validity.end) }

    private static func text(of seconds: Int) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
