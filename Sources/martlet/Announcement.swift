import HTTP

/// How to reach the service, for a person to read and to copy.
struct Announcement {
    /// Where it listens.
    let addresses: [ListenAddress]
    /// Whether its TCP listeners are encrypted.
    let isTLS: Bool

    /// A line for each way to look, each listener to read events from, and one to upload to.
    var lines: [String] {
        let viewers = addresses.compactMap(\.tcp).map { "  viewer   \(url(of: $0))/" }
        let events = addresses.map { "  events   curl -N \(target(at: $0))/v1/events" }
        let upload = addresses.prefix(1).map {
            "  upload   curl --data-binary @policy.yaml -H 'Content-Type: application/yaml' "
                + "\(target(at: $0))/v1/policies"
        }
        return viewers + events + upload
    }

    private func url(of address: TCPAddress) -> String {
        "\(isTLS ? "https" : "http")://\(address)"
    }

    /// What curl is told before the path.
    private func target(at address: ListenAddress) -> String {
        switch address {
        case .tcp(let address): url(of: address)
        case .unix(let path): "--unix-socket \(path) http://localhost"
        }
    }
}
