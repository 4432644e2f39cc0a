import Lowering
import Policy
import Testing

/// A kernel of a few system calls.
struct FakeKernel: KernelFacts {
    private static let calls: [String: [(String, String)]] = [
        "clone": [
            ("clone_flags", "unsigned long"), ("newsp", "unsigned long"),
            ("parent_tidptr", "int *"), ("child_tidptr", "int *"), ("tls", "unsigned long"),
        ],
        "close": [("fd", "unsigned int")],
        "execve": [
            ("filename", "const char *"), ("argv", "const char *const *"),
            ("envp", "const char *const *"),
        ],
        "exit": [("error_code", "int")],
        "exit_group": [("error_code", "int")],
        "getgroups": [("gidsetsize", "int"), ("grouplist", "gid_t *")],
        "getpid": [],
        "openat": [
            ("dfd", "int"), ("filename", "const char *"), ("flags", "int"), ("mode", "umode_t"),
        ],
        "pipe2": [("fildes", "int *"), ("flags", "int")],
        "setgroups": [("gidsetsize", "int"), ("grouplist", "gid_t *")],
        "renameat": [
            ("olddfd", "int"), ("oldname", "const char *"), ("newdfd", "int"),
            ("newname", "const char *"),
        ],
        "socketpair": [
            ("family", "int"), ("type", "int"), ("protocol", "int"), ("usockvec", "int *"),
        ],
    ]

    func systemCall(_ name: String) -> SystemCallFacts? {
        Self.calls[name].map { parameters in
            SystemCallFacts(parameters: parameters.map { .init(name: $0.0, type: $0.1) })
        }
    }

    func systemCallNames() -> [String] { Self.calls.keys.sorted() }

    func hasFunction(_ name: String) -> Bool { ["do_pipe2", "vfs_read"].contains(name) }
}

/// A policy with one hook on `call`, whose further fields are `fields` from line 8, column 5.
func policy(_ call: String, _ fields: String = "") -> String {
    let lines = fields.split(separator: "\n").map { "    " + $0 }
    return """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata:
          name: test
        spec:
          kprobes:
          - call: \(call)
        \(lines.joined(separator: "\n"))
        """
}

/// Lowers a document that is right by itself.
func lower(_ document: String) throws -> Lowered {
    let checked = check(document: Array(document.utf8))
    let policy = try #require(checked.policy, "\(checked.diagnostics)")
    return lower(policy.hooks, facts: FakeKernel())
}

/// The plan of the only hook of a policy.
func plan(_ call: String, _ fields: String = "") throws -> HookPlan {
    let lowered = try lower(policy(call, fields))
    return try #require(lowered.hooks.first, "\(lowered.diagnostics)")
}
