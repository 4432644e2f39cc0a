import Foundation
import Testing

@testable import Kernel

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where the process may not load BPF programs.
    static var requiresBPF: Self {
        .enabled("needs root and kernel BTF") {
            geteuid() == 0 && access("/sys/kernel/btf/vmlinux", R_OK) == 0
        }
    }
}

@Suite("The running kernel", .requiresBPF)
struct RunningKernelTests {
    @Test("nothing is missing here")
    func requirements() {
        #expect(Requirements.missing() == [])
        #expect(Requirements.kernelRelease().first?.isNumber == true)
    }

    @Test("pipe2 has the parameters of its manual page")
    func pipe2() throws {
        let call = try #require(try Tracefs().systemCall(named: "pipe2"))
        #expect(call.name == "pipe2")
        #expect(call.parameters.map(\.name) == ["fildes", "flags"])
        #expect(call.parameters.map(\.type) == ["int *", "int"])
        #expect(call.parameters.map(\.isPointer) == [true, false])
        #expect(call.enterID != call.exitID)
        #expect(call.enterID > 0)
    }

    @Test("the names of system calls are sorted, and each has its tracepoints")
    func names() throws {
        let tracefs = try Tracefs()
        let names = tracefs.systemCalls()
        #expect(names.count > 200)
        #expect(names == names.sorted())
        for name in ["clone", "execve", "getpid", "openat", "pipe2"] {
            #expect(names.contains(name))
        }
        #expect(names.allSatisfy { tracefs.systemCall(named: $0) != nil })
        #expect(tracefs.systemCall(named: "getpid")?.parameters == [])
    }

    @Test(
        "what is not exactly the name of a system call is none",
        arguments: [
            "", "pipe3", "pip2", "Pipe2", "pipe2 ", " pipe2", "sys_pipe2", "do_pipe2", "_",
        ])
    func nearMisses(name: String) throws {
        #expect(try Tracefs().systemCall(named: name) == nil)
    }

    @Test(
        "a name cannot lead elsewhere",
        arguments: [
            // Each would name files that are there, were it pasted into a path.
            "pipe2/../sys_enter_pipe2", "pipe2/", "pipe2/.", "pipe2\0", "pipe2\0x",
            "../sched/sched_switch", "..", "/", "pipe2\n", "\u{661}",
        ])
    func traversal(name: String) throws {
        #expect(try Tracefs().systemCall(named: name) == nil)
    }

    @Test("functions are known by their exact name")
    func functions() throws {
        let functions = try KernelTypes()
        #expect(functions.contains("do_pipe2"))
        #expect(functions.contains("vfs_read"))
        for name in ["", "do_pipe", "do_pipe22", "no_such_function", "task_struct", "int"] {
            #expect(!functions.contains(name))
        }
    }
}
