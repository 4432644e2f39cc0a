import Digests
import Testing

@testable import API

@Suite("Sessions")
struct SessionTests {
    private let start = ContinuousClock.now
    private let alice = SHA256Digest(of: "alice")
    private let bob = SHA256Digest(of: "bob")

    @Test("a session is of its token until its time is over")
    func lifetime() {
        var sessions = Sessions()
        let secret = sessions.begin(alice, at: start)
        #expect(secret.utf8.count == 64)
        #expect(secret.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        let last = start + Sessions.lifetime - .nanoseconds(1)
        #expect(sessions.token(SHA256Digest(of: secret), at: start) == alice)
        #expect(sessions.token(SHA256Digest(of: secret), at: last) == alice)
        #expect(sessions.token(SHA256Digest(of: secret), at: start + Sessions.lifetime) == nil)
        for other in ["", secret.uppercased(), String(secret.dropLast()), secret + "0"]
        where other != secret {
            #expect(sessions.token(SHA256Digest(of: other), at: start) == nil)
        }
    }

    @Test("no two are alike")
    func random() {
        var sessions = Sessions()
        #expect(Set((0..<60).map { _ in sessions.begin(alice, at: start) }).count == 60)
    }

    @Test("a token's sessions are bounded: another one ends the oldest, and none of others")
    func bounded() {
        var sessions = Sessions()
        let others = sessions.begin(bob, at: start)
        let secrets = (0...Sessions.mostPerToken).map { number in
            sessions.begin(alice, at: start + .seconds(number))
        }
        #expect(sessions.count == Sessions.mostPerToken + 1)
        #expect(sessions.token(SHA256Digest(of: secrets[0]), at: start) == nil)
        #expect(
            secrets.dropFirst().allSatisfy {
                sessions.token(SHA256Digest(of: $0), at: start) == alice
            })
        #expect(sessions.token(SHA256Digest(of: others), at: start) == bob)
    }

    @Test("sessions that are over are forgotten when another begins")
    func forgotten() {
        var sessions = Sessions()
        for _ in 0..<3 { _ = sessions.begin(alice, at: start) }
        _ = sessions.begin(bob, at: start + Sessions.lifetime)
        #expect(sessions.count == 1)
    }

    @Test("a session ends by itself alone, or with its token")
    func ends() {
        var sessions = Sessions()
        let secrets = [alice, alice, bob].map { sessions.begin($0, at: start) }
        sessions.end(SHA256Digest(of: secrets[0]))
        sessions.end(SHA256Digest(of: "another"))
        #expect(
            secrets.map { sessions.token(SHA256Digest(of: $0), at: start) } == [nil, alice, bob])
        sessions.keep { $0 == bob }
        #expect(secrets.map { sessions.token(SHA256Digest(of: $0), at: start) } == [nil, nil, bob])
    }
}
