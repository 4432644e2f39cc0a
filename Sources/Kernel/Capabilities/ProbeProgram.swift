import CLibBPF
import Glibc

/// A program of a few instructions that only has to be accepted.
struct ProbeProgram {
    var type: bpf_prog_type
    var attachType: UInt32 = 0
    /// What it is going to be attached to, in the kernel's type information.
    var target: UInt32 = 0
    /// A function of the kernel that it calls, or 0.
    var helper: UInt32 = 0

    /// What a kernel says of a helper that it does not have, in this kind of program.
    private static let unknownHelper = ["unknown func", "invalid func", "cannot use helper"]

    /// `call helper`, `r0 = 0`, `exit`.
    private var instructions: [UInt64] {
        (helper == 0 ? [] : [0x85 | UInt64(helper) << 32]) + [0xb7, 0x95]
    }

    /// Loads it: bpf_prog_load.
    func load(needs: String? = nil) throws(Missing) -> Program {
        let (status, log) = attempt()
        guard status >= 0 else {
            let said = log.split(separator: "\n").first.map { " (\($0))" } ?? ""
            throw Missing("loading a program" + said, status: status, needs: needs)
        }
        return Program(name: "probe", descriptor: Descriptor(owning: status))
    }

    /// Tells whether the kernel has the helper, whose arguments are none that it would accept.
    func checkHelper(needs: String? = nil) throws(Missing) {
        let (status, log) = attempt()
        if status >= 0 {
            close(status)
            return
        }
        let lines = log.split(separator: "\n")
        if let refusal = lines.first(where: { line in
            Self.unknownHelper.contains { line.contains($0) }
        }) {
            throw Missing(
                "\(refusal)" + (needs.map { "; it needs a kernel with \($0)" } ?? ""))
        }
        // Without a word, it was not the instructions that the kernel did not like.
        if log.isEmpty { throw Missing("loading a program", status: status, needs: needs) }
    }

    private func attempt() -> (status: CInt, log: String) {
        var log = [CChar](repeating: 0, count: 4096)
        let size = UInt32(log.count)
        let code = instructions
        let status = unsafe log.withUnsafeMutableBufferPointer { log in
            var options = unsafe bpf_prog_load_opts()
            unsafe options.sz = MemoryLayout<bpf_prog_load_opts>.size
            unsafe options.expected_attach_type = bpf_attach_type(rawValue: attachType)
            unsafe options.attach_btf_id = target
            unsafe options.log_buf = log.baseAddress
            unsafe options.log_size = size
            unsafe options.log_level = 1
            return unsafe code.withUnsafeBytes { words in
                unsafe bpf_prog_load(
                    type, "probe", "GPL",
                    unsafe words.baseAddress?.assumingMemoryBound(to: bpf_insn.self),
                    code.count, &options)
            }
        }
        return (status, VerifierLog.text(log) ?? "")
    }
}
