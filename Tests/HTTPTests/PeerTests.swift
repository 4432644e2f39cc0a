import HTTP
import Testing

@Suite("Peers")
struct PeerTests {
    @Test(
        "a peer reads as in logs, and counts by its address or user",
        arguments: [
            (Peer.tcp(address: "127.0.0.1", port: 4711), "127.0.0.1:4711", "127.0.0.1"),
            (.tcp(address: "::1", port: 80), "[::1]:80", "[::1]"),
            (.unix(uid: 0, gid: 5, pid: 123), "unix:uid=0,pid=123", "unix:uid=0"),
            (
                .unix(uid: 4_294_967_294, gid: 0, pid: 0), "unix:uid=4294967294,pid=0",
                "unix:uid=4294967294"
            ),
            (.unknown, "unknown", "unknown"),
        ])
    func text(peer: Peer, description: String, address: String) {
        #expect(peer.description == description)
        #expect(peer.address == address)
    }
}
