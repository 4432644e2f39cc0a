import Events
import Testing

@testable import Tracing

@Suite("Fields of events")
struct FieldMaskTests {
    private static let event =
        #"{"process_kprobe":{"process":{"pid":7,"binary":"/bin/\"a\"","tid":7},"#
        + #""parent":{"pid":1,"binary":"}{"},"function_name":"f","#
        + #""args":[{"int_arg":-3,"label":"x\\"},{"int32_list_arg":{"values":[3,4]}},{"a":null}],"#
        + #""return":{"int_arg":0}},"node_name":"n","time":"t"}"#

    /// The event's object as the mask leaves it, without what is always the same.
    private func trimmed(_ paths: String..., line: String = event) throws -> String {
        var json = JSONWriter()
        json.append(Array(line.utf8), by: try FieldMask(paths))
        let text = String(decoding: json.array, as: UTF8.self)
        let end = #","node_name":"n","time":"t"}"#
        #expect(text.hasPrefix(#"{"process_kprobe":"#))
        #expect(text.hasSuffix(end))
        return String(text.dropFirst(#"{"process_kprobe":"#.count).dropLast(end.count))
    }

    @Test("what is included stays, in the event's order, and nothing else")
    func included() throws {
        #expect(
            try trimmed("function_name", "process.binary", "process.pid")
                == #"{"process":{"pid":7,"binary":"/bin/\"a\""},"function_name":"f"}"#)
        #expect(try trimmed("return") == #"{"return":{"int_arg":0}}"#)
        #expect(try trimmed("nothing") == "{}")
        #expect(try trimmed("process.nothing") == #"{"process":{}}"#)
    }

    @Test("a path goes through the elements of arrays")
    func arrays() throws {
        #expect(
            try trimmed("args.label", "args.int32_list_arg")
                == #"{"args":[{"label":"x\\"},{"int32_list_arg":{"values":[3,4]}},{}]}"#)
        #expect(
            try trimmed("args", "-args.label")
                == #"{"args":[{"int_arg":-3},{"int32_list_arg":{"values":[3,4]}},{"a":null}]}"#)
        // Numbers have no members.
        #expect(
            try trimmed("args.int32_list_arg.values.x")
                == #"{"args":[{},{"int32_list_arg":{"values":[]}},{}]}"#)
    }

    @Test("what is excluded goes, and wins over what is included")
    func excluded() throws {
        #expect(
            try trimmed("-args", "-parent", "-process.tid", "-return")
                == #"{"process":{"pid":7,"binary":"/bin/\"a\""},"function_name":"f"}"#)
        #expect(
            try trimmed("process", "function_name", "-process.binary", "-function_name")
                == #"{"process":{"pid":7,"tid":7}}"#)
        // Below a scalar there is nothing to leave out.
        #expect(try trimmed("function_name", "-function_name.x") == #"{"function_name":"f"}"#)
    }

    @Test("a path takes in those that go on behind it, whichever comes first")
    func overlapping() throws {
        #expect(try trimmed("return", "return.int_arg") == #"{"return":{"int_arg":0}}"#)
        #expect(try trimmed("return.nothing", "return") == #"{"return":{"int_arg":0}}"#)
    }

    @Test("a mask that leaves everything changes no byte")
    func everything() throws {
        let whole = Self.event.dropFirst(#"{"process_kprobe":"#.count)
            .dropLast(#","node_name":"n","time":"t"}"#.count)
        #expect(try trimmed("-nothing") == String(whole))
        #expect(
            try trimmed("process", "parent", "function_name", "args", "return") == String(whole))
        #expect(
            try trimmed("-a.b", line: #"{"process_kprobe":{},"node_name":"n","time":"t"}"#) == "{}")
    }

    @Test(
        "what is no path is refused",
        arguments: ["", "-", ".", "a.", ".a", "a..b", "a b", "a-b", "--a", "a[0]", "é", "a\"b"])
    func faults(path: String) {
        #expect(throws: FieldMask.Fault(path: path)) { try FieldMask(["process", path]) }
    }

    @Test("subscribers get the trimmed event in either form, in buffers of any size")
    func cursor() throws {
        let log = EventLog(capacity: 0, boot: "a")
        log.append(Self.event)
        log.append(#"{"policy":{"name":"p"},"time":"t"}"#, kind: .policy)
        log.append(Self.event)
        let line = #"{"process_kprobe":{"return":{"int_arg":0}},"node_name":"n","time":"t"}"#
        let change = #"{"policy":{"name":"p"},"time":"t"}"#
        for size in [1, 7, 100, 4096] {
            var lines = Cursor(
                next: 1, filter: EventFilter(), mask: try FieldMask(["return"]), form: .lines)
            #expect(lines.text(log, size: size) == "\(line)\n\(change)\n\(line)\n")
            var events = Cursor(
                next: 1, filter: EventFilter(), mask: try FieldMask(["return"]),
                form: .serverSentEvents, limit: 2)
            #expect(
                events.text(log, size: size) == """
                    id: a-1
                    event: process_kprobe
                    data: \(line)

                    id: a-2
                    event: policy
                    data: \(change)


                    """)
            #expect(events.isDone)
        }
    }
}
