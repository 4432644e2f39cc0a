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
            let hook = PolicyDocument.Hook.pipe2(PolicyDocument.only(scene.caller.pid))
            let events = try await scene.trace(PolicyDocument("pipes", hook))
            for _ in 0..<3 {
                let outcome = try await scene.caller.call("pipe2 o:2 \(flags)")
                #expect(outcome.number == 0)
                let event = try await events.nextEvent()
                scene.pipe2("pipes", outcome.arrays[0], flags: flags).check(event)
            }
        }

        @Test("every spelling of the call names the same hook, and message and tags come along")
        func spellings() async throws {
            let scene = try await Scene()
            for call in ["sys_pipe2", "__x64_sys_pipe2"] {
                var hook = PolicyDocument.Hook.pipe2(PolicyDocument.only(scene.caller.pid))
                hook.call = call
                hook.more = ["message: \"a pipe \\\"with\\\" two ends\"", "tags: [plumbing, ipc]"]
                let events = try await scene.trace(PolicyDocument("pipes", hook))
                let outcome = try await scene.caller.call("pipe2 o:2 0")
                var expected = scene.pipe2("pipes", outcome.arrays[0])
                expected.message = "a pipe \"with\" two ends"
                expected.tags = ["plumbing", "ipc"]
                expected.check(try await events.nextEvent())
                try await scene.service.delete("pipes")
            }
        }

        @Test("every call of 8 threads at once is an event, each thread's in order")
        func storm() async throws {
            let (threads, calls) = (8, Machine.repetitions(1250))
            let scene = try await Scene()
            let hook = PolicyDocument.Hook.pipe2(PolicyDocument.only(scene.caller.pid))
            let events = try await scene.trace(PolicyDocument("pipes", hook))
            let pairs = try await scene.caller.storm(threads: threads, calls: calls)
            // What comes after the storm shows that the storm has no more.
            let last = try await scene.caller.call("pipe2 o:2 0")

            var reported: [Int: [[Int]]] = [:]
            for event in try await events.take(threads * calls) {
                let process = event.call?["process"]
                let thread = try #require(process?["tid"]?.number)
                let pair = try #require(event.values(0))
                reported[thread, default: []].append(pair)
                var expected = scene.pipe2("pipes", pair)
                expected.thread = thread
                expected.check(event)
            }
            #expect(pairs.count == threads)
            #expect(reported == pairs)
            let event = try await events.nextEvent()
            scene.pipe2("pipes", last.arrays[0]).check(event)

            let status = try await scene.service.status("pipes")
            let counters = status["hooks"]?[0]?["events"]
            // Some calls of other processes may have been filtered.
            #expect(counters?["sent"]?.number == threads * calls + 1)
            for name in ["lost_ring_full", "lost_pending_full", "missed_entry"] {
                #expect(counters?[name]?.number == 0, "\(name)")
            }
        }

        @Test(
            "a call that failed has its error as result, and the flags stay in their place",
            arguments: [("o:2 1", EINVAL, 1), ("1 \(O_CLOEXEC)", EFAULT, Int(O_CLOEXEC))])
        func failures(words: String, error: CInt, flags: Int) async throws {
            let scene = try await Scene()
            let outcome = try await scene.check(
                "pipe2 " + words,
                args: [
                    "{index: 0, type: int32_arr, label: pipefd, returnCopy: true}",
                    "{index: 1, type: int, label: flags}",
                ]
            ) { outcome in
                (
                    [.missing(.notWritten, label: "pipefd"), .int(flags, label: "flags")],
                    .int(outcome.kernelResult)
                )
            }
            #expect(outcome.number == error)
        }

        @Test("an array has as many elements as the policy says", arguments: [1, 2, 3, 255, 256])
        func sizes(size: Int) async throws {
            let scene = try await Scene()
            let outcome = try await scene.check(
                "pipe2 o:256 0",
                args: ["{index: 0, type: int32_arr, size: \(size), returnCopy: true}"]
            ) { ([.values(Array($0.arrays[0].prefix(size)))], .int(0)) }
            #expect(outcome.arrays[0].count == 256)
            #expect(outcome.arrays[0][0] != outcome.arrays[0][1])
        }

        @Test("without a size an array has two elements, as pipe(2) has")
        func standardSize() async throws {
            let scene = try await Scene()
            try await scene.check(
                "pipe o:4", args: ["{index: 0, type: int32_arr, returnCopy: true}"], result: nil
            ) { ([.values(Array($0.arrays[0].prefix(2)))], nil) }
        }

        @Test("an array that ends in memory that cannot be read is an error of the argument alone")
        func unreadable() async throws {
            let scene = try await Scene()
            let args = [
                "{index: 0, type: int32_arr, label: a, size: 3, returnCopy: true}",
                "{index: 1, type: int}",
            ]
            let outcome = try await scene.check("pipe2 e:2 0", args: args) { _ in
                ([.missing(.fault, label: "a"), .int(0)], .int(0))
            }
            #expect(outcome.number == 0)
        }
    }
}
