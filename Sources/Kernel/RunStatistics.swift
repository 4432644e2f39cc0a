import CLibBPF

/// Makes the kernel count and time every run of every BPF program.
///
/// Dropping it stops that.
/// The count is kept for the whole machine, and costs each run two clock readings.
public final class RunStatistics: Sendable {
    private let descriptor: Descriptor

    /// Starts counting: bpf_enable_stats.
    public init() throws(KernelError) {
        descriptor = try Descriptor(
            adopting: bpf_enable_stats(BPF_STATS_RUN_TIME), for: .enableStatistics)
    }
}
