import Glibc
import Testing

extension IntegrationSuite {
    @Suite("int32_arr on other calls")
    struct ArrayTests {
        @Test("an array may be the first argument, the last or between", arguments: 0...2)
        func positions(place: Int) async throws {
            let scene = try await Scene()
            var args = ["{index: 0, type: int, label: family}", "{index: 1, type: int}"]
            args.insert("{index: 3, type: int32_arr, label: pair, returnCopy: true}", at: place)
            try await scene.check("socketpair 1 2 0 o:2", args: args) { outcome in
                var expected: [JSON] = [.int(1, label: "family"), .int(2)]
                expected.insert(.values(outcome.arrays[0], label: "pair"), at: place)
                return (.array(expected), .int(0))
            }
        }

        /// With a result the array is kept from entry to return, without it is sent at entry.
        @Test(
            "an array that the caller fills has as many elements as the call says",
            arguments: [0, 1, 3, 255, 256], [true, false])
        func filledByCaller(count: Int, reportsResult: Bool) async throws {
            let scene = try await Scene()
            let groups = (0..<count).map { 70_000 + $0 }
            let list = groups.map(String.init).joined(separator: ",")
            let outcome = try await scene.check(
                "setgroups \(count) i:\(list)", args: Self.groups,
                result: reportsResult ? "{index: 0, type: int}" : nil
            ) { _ in
                (
                    [.int(count, label: "size"), .values(groups, label: "list")],
                    reportsResult ? .int(0) : nil
                )
            }
            #expect(outcome.number == 0)
        }

        private static let groups = [
            "{index: 0, type: int, label: size}",
            "{index: 1, type: int32_arr, label: list, sizeArgIndex: 1}",
        ]

        @Test(
            "more than 256 elements are cut, and the event says how many there were",
            arguments: [257, 300, 2000])
        func truncated(count: Int) async throws {
            let scene = try await Scene()
            let groups = (0..<count).map { 1_000 + $0 }
            let list = groups.map(String.init).joined(separator: ",")
            let outcome = try await scene.check(
                "setgroups \(count) i:\(list)", args: Self.groups
            ) { _ in
                var cut = JSON.values(Array(groups.prefix(256)), label: "list")
                cut["truncated"] = true
                cut["orig_count"] = .number(count)
                return ([.int(count, label: "size"), cut], .int(0))
            }
            #expect(outcome.number == 0)
        }

        @Test(
            "what is wrong with an array at entry is said in its place",
            arguments: [
                ("0 0", 0, JSON.missing(.null, label: "list"), 0),
                ("4 0", 4, JSON.missing(.null, label: "list"), EFAULT),
                ("4 1", 4, JSON.missing(.fault, label: "list"), EFAULT),
                ("-1 i:5", -1, JSON.values([], label: "list"), EINVAL),
            ])
        func wrongAtEntry(words: String, size: Int, list: JSON, error: CInt) async throws {
            let scene = try await Scene()
            let outcome = try await scene.check("setgroups " + words, args: Self.groups) {
                ([.int(size, label: "size"), list], .int($0.kernelResult))
            }
            #expect(outcome.number == error)
        }

        @Test("negative elements are negative")
        func negative() async throws {
            let scene = try await Scene()
            try await scene.check("setgroups 3 i:-2,-2147483648,2147483647", args: Self.groups) {
                (
                    [
                        .int(3, label: "size"),
                        .values([-2, -2_147_483_648, 2_147_483_647], label: "list"),
                    ], .int($0.kernelResult)
                )
            }
        }

        @Test(
            "of an array that the call fills, only what it filled is reported",
            arguments: [([5, 6, 7], 10), ([5, 6, 7], 3), ([5, 6, 7], 0), ([], 10)])
        func filledByCall(groups: [Int], room: Int) async throws {
            let scene = try await Scene()
            let list = groups.map(String.init).joined(separator: ",")
            #expect(try await scene.caller.call("setgroups \(groups.count) i:\(list)").number == 0)
            try await scene.check("getgroups \(room) o:10", args: Self.asked) { outcome in
                let written = room == 0 ? [] : groups
                #expect(Array(outcome.arrays[0].prefix(written.count)) == written)
                return (
                    [.int(room, label: "room"), .values(written, label: "list")],
                    .int(groups.count)
                )
            }
        }

        private static let asked = [
            "{index: 0, type: int, label: room}",
            "{index: 1, type: int32_arr, label: list, sizeArgIndex: 1, returnCopy: true}",
        ]

        @Test("of an array that a failed call would have filled, nothing is reported")
        func notFilled() async throws {
            let scene = try await Scene()
            try await scene.caller.call("setgroups 3 i:5,6,7")
            let outcome = try await scene.check("getgroups 2 o:2", args: Self.asked) { _ in
                (
                    [.int(2, label: "room"), .missing(.notWritten, label: "list")],
                    .int(-Int(EINVAL))
                )
            }
            #expect(outcome.number == EINVAL)
        }

        @Test("one hook may report three arrays")
        func three() async throws {
            let scene = try await Scene()
            try await scene.caller.call("setresgid 1001 1002 1003")
            let args = ["real", "effective", "saved"].enumerated().map {
                "{index: \($0), type: int32_arr, size: 1, label: \($1), returnCopy: true}"
            }
            let outcome = try await scene.check("getresgid o:1 o:1 o:1", args: args) { outcome in
                (
                    [
                        .values(outcome.arrays[0], label: "real"),
                        .values(outcome.arrays[1], label: "effective"),
                        .values(outcome.arrays[2], label: "saved"),
                    ], .int(0)
                )
            }
            #expect(outcome.arrays == [[1001], [1002], [1003]])
        }

        @Test("a pointer that may be NULL is reported as that where the call succeeds")
        func nullAtReturn() async throws {
            let scene = try await Scene()
            let child = try await scene.caller.startChild()
            let args = [
                "{index: 0, type: int}",
                "{index: 1, type: int32_arr, size: 1, label: status, returnCopy: true}",
                "{index: 2, type: int}",
            ]
            let outcome = try await scene.check("wait4 \(child) 0 1 0", args: args) { _ in
                ([.int(child), .missing(.null, label: "status"), .int(1)], .int(0))
            }
            #expect(outcome.number == 0)
        }

        @Test("a result may point to an array")
        func result() async throws {
            let scene = try await Scene()
            let filler = 0x5A5A_5A5A
            // A page stays where it is: its address is the result, and its contents are known.
            let outcome = try await scene.check(
                "mremap e:1024 4096 4096 0", args: ["{index: 1, type: size_t}"],
                result: "{index: 0, type: int32_arr, size: 3}"
            ) { _ in ([["size_arg": "4096"]], .values([filler, filler, filler])) }
            #expect(outcome.number == 0)
            try await scene.check(
                "mremap 1 4096 4096 0", args: [], result: "{index: 0, type: int32_arr, size: 3}"
            ) { _ in (nil, .missing(.notWritten)) }
        }
    }
}
