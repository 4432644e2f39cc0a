public import HTTP

/// Why the service may not listen where it was told to: others than this machine could get there.
///
/// Events show the command lines of every process here, and policies change what the kernel runs.
public struct Exposure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a listener beyond loopback needs.
    public enum Guard: Sendable, Equatable {
        /// So that not everybody is served.
        case tokens
        /// So that nobody on the way reads the tokens.
        case encryption
    }

    /// The first address that is too open.
    public let address: ListenAddress
    /// What is missing.
    public let missing: [Guard]

    /// Checks listeners; what others can reach takes both guards.
    public static func check(
        _ addresses: [ListenAddress], hasAdminTokens: Bool, hasTLS: Bool
    ) throws(Exposure) {
        let missing: [Guard] =
            (hasAdminTokens ? [] : [.tokens]) + (hasTLS ? [] : [.encryption])
        guard !missing.isEmpty, let address = addresses.first(where: { !$0.isLocal }) else {
            return
        }
        throw Exposure(address: address, missing: missing)
    }

    /// What is missing, and what else would do.
    public var description: String {
        let missing = missing.map { missing in
            switch missing {
            case .tokens: "a token file (--admin-token-file)"
            case .encryption: "TLS (--tls-certificate and --tls-key)"
            }
        }
        return "--listen \(address) is not a loopback address. Events show the command lines of "
            + "every process here, so this needs \(missing.joined(separator: " and ")). Or listen "
            + "on 127.0.0.1, and forward the port over ssh: ssh -L 8080:127.0.0.1:8080 HOST"
    }
}
