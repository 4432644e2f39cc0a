import CLibBPF
import Glibc

/// Makes the kernel count and time every run of every BPF program.
///
/// Dropping it stops that, unless the machine is set to do so anyway.
/// The count is kept for the whole machine, and costs each run two clock readings.
public final class RunStatistics: Sendable {
    /// Nil where the machine counts by itself.
    private let descriptor: Descriptor?

    /// Starts counting: bpf_enable_stats, or the sysctl kernel.bpf_stats_enabled.
    public init() throws(KernelError) {
        do throws(KernelError) {
            descriptor = try Descriptor(
                adopting: bpf_enable_stats(BPF_STATS_RUN_TIME), for: .enableStatistics)
        } catch {
            guard error.number == EPERM, Self.isOnAnyway else { throw error }
            descriptor = nil
        }
    }

    private static var isOnAnyway: Bool {
        textOfFile("/proc/sys/kernel/bpf_stats_enabled")?.first == "1"
    }
}
