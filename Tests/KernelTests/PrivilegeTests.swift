import CLibBPF
import Foundation
import Testing

@testable import Kernel

@Suite("Privileges")
struct PrivilegeTests {
    @Test("names and numbers are those of linux/capability.h")
    func numbers() {
        #expect(
            Dictionary(uniqueKeysWithValues: Privilege.allCases.map { ($0.rawValue, $0.number) })
                == [
                    "CAP_DAC_READ_SEARCH": 2, "CAP_NET_BIND_SERVICE": 10, "CAP_SYS_PTRACE": 19,
                    "CAP_SYS_ADMIN": 21, "CAP_PERFMON": 38, "CAP_BPF": 39,
                ])
        #expect(Set(Privilege.allCases).bits == 0xC0_0028_0404)
        #expect(Set<Privilege>().bits == 0)
    }

    @Test("CAP_SYS_ADMIN outlasts the start only where nothing can be attached without it")
    func lasting() {
        let usual = Privilege.lasting(with: .observers)
        #expect(usual == [.bpf, .perfmon, .readFiles, .inspectProcesses])
        #expect(Privilege.lasting(with: .administrators) == usual.union([.administration]))
        #expect(usual.isSuperset(of: Privilege.required))
    }

    @Test("what an absence costs names the level of perf events where that is the reason")
    func costs() {
        let word = "perf_event_paranoid"
        for privilege in Privilege.allCases {
            #expect(!privilege.costs(with: .observers).contains(word))
            #expect(
                privilege.costs(with: .administrators).contains(word)
                    == (privilege == .administration))
        }
    }

    @Test("a privilege does not count for as long as it is left out, and does again", .requiresBPF)
    func without() {
        let before = ThreadPrivileges.current
        #expect(before.has(.perfmon) && before.has(.bpf))
        let (inside, event) = ThreadPrivileges.without(.perfmon) {
            ThreadPrivileges.without(.administration) {
                (ThreadPrivileges.current, martlet_open_idle_event())
            }
        }
        #expect(!inside.has(.perfmon) && !inside.has(.administration) && inside.has(.bpf))
        #expect(inside.permitted == before.permitted)
        #expect(event < 0)
        #expect(ThreadPrivileges.current == before)
    }

    /// In a process of its own: what is given up stays so.
    @Test("a process with other threads keeps its rights, and says why")
    func threads() async {
        await #expect(processExitsWith: .success) {
            let before = ThreadPrivileges.current
            let thread = Thread { while true { pause() } }
            thread.start()
            let error = #expect(throws: ConfinementError.self) {
                try Confinement.begin(keeping: [.bpf])
            }
            guard case .otherThreads(let count) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(count > 1)
            #expect("\(ConfinementError.otherThreads(3))".contains("has 3 threads"))
            #expect(ThreadPrivileges.current == before)
            #expect(martlet_prctl(PR_GET_NO_NEW_PRIVS, 0) == 0)
        }
    }
}
