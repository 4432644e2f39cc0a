import Testing

@testable import Kernel

@Suite("The format of a system call's tracepoint")
struct TracepointFormatTests {
    private static let head = """
        name: sys_enter_openat
        ID: 612
        format:
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
        \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
        \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
        \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

        \tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;
        """

    private func parameters(_ fields: String) -> [String] {
        SystemCallTracepoint.parameters(
            of: TracepointFormat.fields(parsing: Self.head + "\n" + fields)
        ).map { "\($0.type)|\($0.name)" }
    }

    @Test("parameters keep their order, their names and their C types")
    func parameters() {
        let fields = """
            \tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;
            \tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;
            \tfield:int flags;\toffset:32;\tsize:8;\tsigned:0;
            \tfield:umode_t mode;\toffset:40;\tsize:8;\tsigned:0;

            print fmt: "dfd: 0x%08lx, filename: 0x%08lx", ((unsigned long)(REC->dfd))
            """
        #expect(
            parameters(fields) == ["int|dfd", "const char *|filename", "int|flags", "umode_t|mode"])
    }

    @Test("copies of strings that newer kernels append are no parameters")
    func appendedCopies() {
        let fields = """
            \tfield:const char * pathname;\toffset:16;\tsize:8;\tsigned:0;
            \tfield:__data_loc char[] __pathname_val;\toffset:24;\tsize:4;\tsigned:0;
            """
        #expect(parameters(fields) == ["const char *|pathname"])
    }

    @Test("a call without parameters has none")
    func none() {
        #expect(parameters("\nprint fmt: \"\"") == [])
        #expect(TracepointFormat.fields(parsing: "") == [])
    }

    @Test("types of several words keep them, and pointers are known as such")
    func types() {
        let fields = """
            \tfield:const struct iovec * const * vec;\toffset:16;\tsize:8;\tsigned:0;
            \tfield:unsigned long long pos;\toffset:24;\tsize:8;\tsigned:0;
            \tfield:int[2] pair;\toffset:32;\tsize:8;\tsigned:0;
            """
        let parsed = SystemCallTracepoint.parameters(
            of: TracepointFormat.fields(parsing: fields))
        #expect(
            parsed.map(\.type) == ["const struct iovec * const *", "unsigned long long", "int[2]"])
        #expect(parsed.map(\.isPointer) == [true, false, true])
    }

    @Test("lines that are cut or of another form are skipped")
    func damaged() {
        let fields = """
            \tfield:int cut;\toffset:16
            \tfield:nospace;\toffset:16;\tsize:8;\tsigned:0;
            \tfield:int words;\toffset:sixteen;\tsize:8;\tsigned:0;
            \tfield:int good;\toffset:16;\tsize:8;\tsigned:0;
            ;;;
            """
        #expect(parameters(fields) == ["int|good"])
    }
}
