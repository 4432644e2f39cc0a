import CLibBPF

/// A program in the kernel.
public final class Program: Sendable {
    /// The name of the function in the BPF object.
    public let name: String
    let descriptor: Descriptor

    init(name: String, descriptor: Descriptor) {
        self.name = name
        self.descriptor = descriptor
    }

    /// What the kernel says of a program: struct bpf_prog_info.
    public struct Info: Sendable, Equatable {
        /// The kernel's number of the program, as bpftool shows it.
        public var id: UInt32
        /// Bytes of BPF that were left after verification.
        public var translatedBytes: UInt32
        /// Instructions that the verifier walked.
        public var verifiedInstructions: UInt32
        /// How often it ran while run statistics were enabled.
        public var runCount: UInt64
        /// How long those runs took together.
        public var runTimeNanoseconds: UInt64
        /// Runs that the kernel skipped, because the program was running already.
        public var recursionMisses: UInt64
    }

    /// Asks the kernel: bpf_obj_get_info_by_fd.
    public func info() throws(KernelError) -> Info {
        var info = bpf_prog_info()
        var length = UInt32(MemoryLayout<bpf_prog_info>.size)
        let status = InjectedFault.outcome(
            of: unsafe bpf_obj_get_info_by_fd(descriptor.number, &info, &length))
        guard status == 0 else { throw KernelError(.loadProgram(name), status: status) }
        return Info(
            id: info.id, translatedBytes: info.xlated_prog_len,
            verifiedInstructions: info.verified_insns, runCount: info.run_cnt,
            runTimeNanoseconds: info.run_time_ns, recursionMisses: info.recursion_misses)
    }
}
