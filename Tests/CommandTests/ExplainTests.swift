import Testing

@Suite("martlet explain")
struct ExplainTests {
    @Test("a field has its meaning, its limits, its default and an example")
    func field() throws {
        let run = try Command(["explain", "kprobes.args.size"])
        #expect(
            run.output == """
                kprobes.args.size: integer

                  How many elements an int32_arr has; 2 without it. Martlet's own field.

                  Limits   from 1 to 256
                  Example  size: 2

                """)
        #expect(run.status == 0)
        let flag = try Command(["explain", "spec.kprobes[0].syscall"])
        #expect(flag.output.contains("\n  Default  true\n"))
        #expect(flag.output.hasPrefix("kprobes.syscall: true or false\n"))
    }

    @Test("words come with their meanings, and what is not served is said")
    func words() throws {
        let run = try Command(["explain", "kprobes.args.type"])
        #expect(run.output.hasPrefix("kprobes.args.type: word, required\n"))
        #expect(run.output.contains("\n    string           the text that a pointer leads to"))
        #expect(run.output.contains("address, port (not served yet)\n"))
        let field = try Command(["explain", "kprobes.data"])
        #expect(field.output.contains("\n  Served   not by this version"))
    }

    @Test("an object has its fields, and the document the fields of its spec")
    func objects() throws {
        let run = try Command(["explain", "kprobes"])
        #expect(run.output.contains("\n    call             The system call or kernel function"))
        let all = try Command(["explain"])
        #expect(all.output.contains("\n    metadata    The policy's name. Required.\n"))
        #expect(all.output.contains("\n    kprobes            Hooks on system calls"))
        #expect(all.status == 0)
    }

    @Test(
        "a name that leads nowhere fails, with the nearest",
        arguments: [
            (
                "kprobes.agrs.type",
                "martlet: a hook has no field \"agrs\"; did you mean \"args\"?\n"
            ),
            (
                "kprobe",
                "martlet: the document has no field \"kprobe\"; did you mean \"kprobes\"?\n"
            ),
            (
                "kprobes.call.x",
                "martlet: \"call\" has no fields, and so no \"x\"\n"
            ),
        ])
    func unknown(path: String, message: String) throws {
        let run = try Command(["explain", path])
        #expect(run.error == message)
        #expect(run.output == "")
        #expect(run.status == 1)
    }
}
