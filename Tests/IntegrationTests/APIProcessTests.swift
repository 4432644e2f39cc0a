import Foundation
import Testing

extension IntegrationSuite {
    @Suite("What the service says of processes")
    struct APIProcessTests {
        /// A family of three generations, each forked from the one above it.
        private struct Family {
            let scene: Scene
            /// The caller, its child, the child's child.
            let facts: [ProcessFacts]

            init() async throws {
                scene = try await Scene()
                var facts = [scene.callerFacts]
                for generation in 1...2 {
                    let pid = try await scene.caller.startChild(generation: generation)
                    facts.append(facts[generation - 1].forked(pid, between: scene.start))
                }
                self.facts = facts
            }

            /// `pid=1&pid=2`, of these members.
            func pids(_ members: Int...) -> String {
                members.map { "pid=\(facts[$0].pid)" }.joined(separator: "&")
            }

            /// Checks the object of a member, every field.
            func check(_ object: JSON?, _ member: Int) {
                var problems: [String] = []
                let object = object ?? [:]
                #expect(object == object.expected(facts[member], problems: &problems))
                #expect(problems == [])
            }
        }

        private func get(_ service: ServiceProcess, _ target: String) async throws -> JSON {
            let answer = try await service.http.send("GET", "/v1/processes" + target)
            guard answer.status == 200 else {
                throw HarnessError("\(target) was answered by \(answer.status): \(answer.text)")
            }
            #expect(answer.headers["content-type"] == "application/json")
            return try answer.json
        }

        /// The `exec_id` as it stands in a URL.
        private func encoded(_ execID: JSON?) -> String {
            execID?.text?.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }

        @Test("processes that were forked a moment ago are listed, the oldest first")
        func list() async throws {
            let family = try await Family()
            let answer = try await get(family.scene.service, "?" + family.pids(2, 0, 1))
            #expect(answer["count"] == 3)
            #expect(answer["total"] == 3)
            #expect(answer["next"] == .null)
            let found = answer["processes"]?.elements ?? []
            #expect(found.count == 3)
            for (member, object) in found.enumerated() { family.check(object, member) }
        }

        @Test("filters by program and by number take what they name, and both must hold")
        func filters() async throws {
            let family = try await Family()
            let service = family.scene.service
            let binary = family.facts[0].binary
            let path = binary.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let found = try await get(service, "?limit=1000&binary=\(path)")["processes"]?.elements
            #expect(found?.allSatisfy { $0["binary"]?.text == binary } == true)
            let numbers = Set(found?.compactMap { $0["pid"]?.number } ?? [])
            #expect(numbers.isSuperset(of: family.facts.map(\.pid)))

            let both = try await get(service, "?binary=/no/such&binary=\(path)&" + family.pids(1))
            #expect(both["count"] == 1)
            family.check(both["processes"]?[0], 1)
            for other in ["?binary=/no/such&" + family.pids(1), "?pid=4294967295"] {
                let none = try await get(service, other)
                #expect(none["processes"] == [] && none["total"] == 0 && none["next"] == .null)
            }
        }

        @Test("the tree has each process below its parent, and a filter picks the roots")
        func tree() async throws {
            let family = try await Family()
            let service = family.scene.service
            for query in [family.pids(0), family.pids(2, 0, 1)] {
                let answer = try await get(service, "?view=tree&" + query)
                #expect(answer["count"] == 3 && answer["total"] == 3 && answer["left_out"] == 0)
                var level = answer["processes"]
                for member in 0..<3 {
                    #expect(level?.elements?.count == 1)
                    #expect(level?[0]?.members?.keys.sorted() == ["children", "process"])
                    family.check(level?[0]?["process"], member)
                    level = level?[0]?["children"]
                }
                #expect(level == [])
            }
            let two = try await get(service, "?view=tree&" + family.pids(1, 2))
            #expect(two["count"] == 2)
            family.check(two["processes"]?[0]?["process"], 1)
            let cut = try await get(service, "?view=tree&limit=2&" + family.pids(0))
            #expect(cut["count"] == 2 && cut["total"] == 3 && cut["left_out"] == 1)
            #expect(cut["processes"]?[0]?["children"]?[0]?["children"] == [])
        }

        @Test("everybody is below the first process of the machine, or the kernel")
        func whole() async throws {
            let family = try await Family()
            let answer = try await get(family.scene.service, "?view=tree&limit=10000")
            var seen: [Int] = []
            func walk(_ nodes: JSON?, _ above: Set<Int>) {
                for node in nodes?.elements ?? [] {
                    let pid = node["process"]?["pid"]?.number ?? -1
                    seen.append(pid)
                    if family.facts.map(\.pid).contains(pid) { #expect(above.contains(1)) }
                    walk(node["children"], above.union([pid]))
                }
            }
            walk(answer["processes"], [])
            #expect(seen.count == answer["count"]?.number)
            #expect(Set(seen).count == seen.count)
            #expect(Set(seen).isSuperset(of: family.facts.map(\.pid) + [0, 1, Int(getpid())]))
        }

        @Test("pages have each process once, in the order of starts")
        func pages() async throws {
            let scene = try await Scene()
            var children: [Int] = []
            for _ in 0..<25 { children.append(try await scene.caller.startChild()) }
            let mine = children.map { "&pid=\($0)" }.joined()
            for (limit, filter) in [(7, ""), (10, mine)] {
                var sizes: [Int] = []
                var seen: [(id: ExecID, pid: Int)] = []
                var after = ""
                while true {
                    let page = try await get(scene.service, "?limit=\(limit)\(after)\(filter)")
                    let found = page["processes"]?.elements ?? []
                    sizes.append(found.count)
                    #expect(page["count"]?.number == found.count)
                    if !filter.isEmpty { #expect(page["total"] == 25) }
                    for process in found {
                        let pid = try #require(process["pid"]?.number)
                        seen.append((try #require(ExecID(process["exec_id"]?.text)), pid))
                    }
                    if page["next"] == .null { break }
                    #expect(found.count == limit)
                    #expect(page["next"] == found.last?["exec_id"])
                    after = "&after=\(encoded(page["next"]))"
                }
                if !filter.isEmpty { #expect(sizes == [10, 10, 5]) }
                let order = seen.map { ($0.id.time, $0.pid) }
                #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
                for child in children { #expect(seen.count { $0.pid == child } == 1) }
            }
        }

        @Test("a process has what is above it, the nearest first, and what is right below it")
        func family() async throws {
            let family = try await Family()
            let service = family.scene.service
            let list = try await get(service, "?" + family.pids(0, 1, 2))["processes"]
            let answer = try await get(service, "/\(encoded(list?[1]?["exec_id"]))")
            #expect(answer["running"] == true)
            #expect(answer["process"] == list?[1])
            #expect(answer["children"] == [list?[2] ?? .null])
            #expect(answer["children_left_out"] == 0)
            let above = answer["ancestors"]?.elements ?? []
            #expect(above.first == list?[0])
            var problems: [String] = []
            #expect(above[1] == above[1].expected(family.scene.testFacts, problems: &problems))
            #expect(problems == [])
            // Whatever is between: each is the parent of the one before it, up to the kernel.
            #expect(above.last?["pid"] == 0)
            for (process, parent) in zip(above, above.dropFirst()) {
                #expect(process["parent_exec_id"] == parent["exec_id"])
            }
        }

        @Test("a process that replaces its program comes from what it was before")
        func replaced() async throws {
            let service = try await ServiceProcess.start()
            // It becomes the program that it is given, which is the same one without arguments.
            let program = try ChildProcess.built("syscaller")
            let (process, input, output) = try ChildProcess.start("syscaller", ["run", program])
            defer { close(input) }
            _ = try Input(descriptor: output).line(by: Deadline())

            let now = try await get(service, "?pid=\(process.pid)")["processes"]?[0]
            let answer = try await get(service, "/\(encoded(now?["exec_id"]))")
            #expect(answer["process"] == now && answer["running"] == true)
            let before = try #require(answer["ancestors"]?[0])
            #expect(now?["parent_exec_id"] == before["exec_id"])
            #expect(before["pid"] == now?["pid"])
            #expect(before["arguments"] == .string("run \(program)"))
            #expect(answer["ancestors"]?[1]?["pid"] == .number(Int(getpid())))

            let earlier = try await get(service, "/\(encoded(before["exec_id"]))")
            #expect(earlier["process"] == before && earlier["running"] == false)
            #expect(earlier["children"] == [now ?? .null])
            #expect(earlier["ancestors"]?[0]?["pid"] == .number(Int(getpid())))

            process.kill(SIGKILL)
            _ = process.wait()
            #expect(try await get(service, "?pid=\(process.pid)")["total"] == 0)
        }

        @Test("as_of is where the stream goes on: nothing is missed, and nothing comes twice")
        func stream() async throws {
            let scene = try await Scene()
            let answer = try await get(scene.service, "?pid=\(scene.caller.pid)")
            let id = try #require(answer["as_of"]?.text)
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let pids = try await scene.caller.exec("pipe2 o:2 0", count: 3, in: folder)
            let query = pids.map { "&pid=\($0)" }.joined() + "&pid=\(scene.caller.pid)"
            let events = try await EventSubscriber(
                port: scene.service.port,
                query: "type=process_exec&type=process_exit&since=\(id)" + query)
            let names = try await events.takeEvents(6).map { event in
                let body = event.json["process_exec"] ?? event.json["process_exit"]
                return "\(event.name) \(body?["process"]?["pid"]?.number ?? 0)"
            }
            #expect(names == pids.flatMap { ["process_exec \($0)", "process_exit \($0)"] })
        }

        @Test(
            "what has no meaning is refused with what would have one",
            arguments: [
                ("?view=flat", 400, "bad-query", "view is list or tree"),
                ("?pid=one", 400, "bad-query", "pid is a number"),
                ("?limit=0", 400, "bad-query", "limit is a number from 1"),
                ("?limit=1001", 400, "bad-query", "limit is a number from 1 to 1000"),
                ("?view=tree&limit=10001", 400, "bad-query", "limit is a number from 1 to 10000"),
                ("?after=42", 400, "bad-query", "after is the exec_id of a process"),
                ("?view=tree&after=bjoxOjI%3D", 400, "bad-query", "after goes through view=list"),
                ("?name=sh", 400, "bad-query", "unknown parameter \"name\""),
                ("/bm9kZToxOjI%3D", 404, "no-such-process", "the process bm9kZToxOjI= is not"),
                ("/42", 404, "no-such-process", "\"42\" is no exec_id"),
                ("/bm9kZTox%2FOjI%3D", 404, "no-such-process", "\"bm9kZTox/OjI=\" is no exec_id"),
            ])
        func refused(target: String, status: Int, type: String, detail: String) async throws {
            let service = try await ServiceProcess.start()
            let answer = try await service.http.send("GET", "/v1/processes" + target)
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(try answer.json["type"]?.text == "/problems/" + type)
            #expect(try answer.json["detail"]?.text?.hasPrefix(detail) == true, "\(answer.text)")
        }
    }
}
