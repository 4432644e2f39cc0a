import Glibc
import Testing

extension IntegrationSuite {
    @Suite("pipe2 and its two descriptors")
    struct PipeTests {
        @Test(
            "the descriptors are those that the caller got, and the flags stay in their place",
            arguments: [0, Int(O_CLOEXEC), Int(O_NONBLOCK)])
        func descriptors(flags: Int) async throws {
            let scene = try await Scene()
            let events = try await scene.trace(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))))
            let outcome = try await scene.caller.call("pipe2 o:2 \(flags)")
            #expect(outcome.number == 0)
            let event = try #require(try await events.next())
            scene.pipe2("pipes", outcome.arrays[0], flags: flags).check(event)
        }
    }
}
