import Testing

extension IntegrationSuite {
    @Suite("What the service says of the kernel")
    struct APIKernelTests {
        @Test("a function is found by its name, with its prototype")
        func function() async throws {
            let service = try await ServiceProcess.start()
            let answer = try await service.http.send("GET", "/v1/functions?q=do_pipe2")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            let function = try #require(try answer.json["functions"]?[0])
            #expect(
                function == [
                    "name": "do_pipe2",
                    "declaration": "int do_pipe2(int *fildes, int flags)",
                    "module": .null,
                    "parameters": [
                        ["index": 0, "name": "fildes", "type": "int *"],
                        ["index": 1, "name": "flags", "type": "int"],
                    ],
                    "result": "int",
                ])
        }

        @Test("the exact name comes first, and limit cuts the list but not the count")
        func search() async throws {
            let service = try await ServiceProcess.start()
            func find(_ query: String) async throws -> (names: [String], total: Int) {
                let json = try await service.http.send("GET", "/v1/functions?\(query)").json
                let names = json["functions"]?.elements?.compactMap { $0["name"]?.text } ?? []
                #expect(json["count"]?.number == names.count)
                return (names, json["total"]?.number ?? 0)
            }
            let all = try await find("q=vfs_read&limit=500")
            #expect(all.names.first == "vfs_read")
            #expect(all.names.count == all.total && all.total > 2)
            let two = try await find("limit=2&q=vfs_read")
            #expect(two.names == Array(all.names.prefix(2)) && two.total == all.total)
            #expect(try await find("q=s").names.count == 50)
            #expect(try await find("q=vfs_*link").names.contains("vfs_readlink"))
            #expect(try await find("q=vfs_%2Alink").names.contains("vfs_readlink"))
            #expect(try await find("q=no_such_function_at_all") == ([], 0))
            #expect(try await find("q=%22%3Cb%3E") == ([], 0))
        }

        @Test(
            "a query without a meaning is refused",
            arguments: [
                ("", "q is missing"), ("?q=", "q is missing"), ("?limit=5", "q is missing"),
                ("?q=a&limit=0", "limit is a number from 1 to 500, not \"0\""),
                ("?q=a&limit=501", "limit is a number"), ("?q=a&limit=many", "limit is a number"),
                ("?q=a&limit=-1", "limit is a number"), ("?q=a&limit=", "limit is a number"),
                ("?q=a&offset=5", "unknown parameter \"offset\"; there are q and limit"),
                ("?q=a%00b", "q is no part of a function's name"),
                ("?q=\(String(repeating: "a", count: 513))", "q is no part"),
            ])
        func refused(query: String, detail: String) async throws {
            let service = try await ServiceProcess.start()
            let answer = try await service.http.send("GET", "/v1/functions\(query)")
            #expect(answer.status == 400)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(try answer.json["type"]?.text == "/problems/bad-query")
            #expect(try answer.json["detail"]?.text?.hasPrefix(detail) == true)
        }

        @Test("the kernel's methods and features are told, and asking changes nothing")
        func kernel() async throws {
            let service = try await ServiceProcess.start()
            let before = try Footprint(of: service.pid)
            let answer = try await service.http.send("GET", "/v1/kernel")
            #expect(answer.status == 200)
            let kernel = try answer.json
            #expect(kernel["release"]?.text?.first?.isNumber == true)
            #expect(["x86_64", "aarch64"].contains(kernel["architecture"]?.text))
            let methods = kernel["methods"]?.elements ?? []
            let features = kernel["features"]?.elements ?? []
            for name in ["fentry", "kprobe.multi", "kprobe", "tracepoint", "raw_tp", "uprobe"] {
                #expect(methods.contains { $0["name"]?.text == name }, "\(name)")
            }
            for capability in methods + features {
                let isAvailable = capability["available"] == true
                #expect((capability["reason"] == .null) == isAvailable, "\(capability)")
                #expect((capability["costs"] == .null) == isAvailable, "\(capability)")
            }
            let needed = methods.first { $0["name"]?.text == "tracepoint.syscalls" }
            #expect(needed?["available"] == true)
            #expect(try await service.http.send("GET", "/v1/kernel").json == kernel)

            let after = try await Footprint.settled(of: service.pid)
            #expect(after.programs == before.programs)
            #expect(after.maps == before.maps)
            #expect(after.attachments == before.attachments)
        }

        @Test("both are for GET and HEAD alone")
        func methods() async throws {
            let service = try await ServiceProcess.start()
            for path in ["/v1/functions?q=a", "/v1/kernel"] {
                let refusal = try await service.http.send("POST", path)
                #expect(refusal.status == 405)
                #expect(refusal.headers["allow"] == "GET, HEAD, OPTIONS")
                let head = try await service.http.send("HEAD", path)
                #expect(head.status == 200 && head.body.isEmpty)
            }
        }

        @Test("questions from many clients at once are all answered, and events go on meanwhile")
        func together() async throws {
            let service = try await ServiceProcess.start()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<20 {
                    let path = index % 5 == 0 ? "/v1/kernel" : "/v1/functions?q=_&limit=500"
                    group.addTask { try await service.http.send("GET", path).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 20))
            try await service.expectWorking("after many questions")
        }
    }
}
