import Glibc
import Testing

@testable import Kernel

@Suite("Errors of the kernel")
struct KernelErrorTests {
    @Test("an error says what was tried, on what, and why it failed")
    func descriptions() {
        #expect(
            KernelError(.loadProgram("syscall_enter"), status: -EACCES).description
                == "loading the BPF program syscall_enter: Permission denied")
        #expect(
            KernelError(
                .attach(program: "syscall_exit", to: "syscalls:sys_exit_pipe2"), status: ENOENT
            )
            .description
                == "attaching syscall_exit to syscalls:sys_exit_pipe2: No such file or directory")
        #expect(
            KernelError(.createMap("pending_large"), status: -ENOMEM).description
                == "creating the BPF map pending_large: Cannot allocate memory")
    }

    @Test("C's two signs of an error number are one")
    func signs() {
        #expect(KernelError(.poll, status: -EINTR) == KernelError(.poll, status: EINTR))
        #expect(KernelError(.poll, status: -EINTR).number == EINTR)
    }

    @Test("libbpf's own numbers have words too")
    func ownNumbers() {
        // LIBBPF_ERRNO__FORMAT
        #expect(
            KernelError(.parse(object: "hook"), status: -4001).reason == "BPF object format invalid"
        )
    }

    @Test("what is missing is said with its remedy on the next line")
    func missing() {
        let missing = MissingRequirement(what: "the moon is missing", remedy: "wait for night")
        #expect("\(missing)" == "the moon is missing\n  wait for night")
    }
}
