import CLibBPF
import Glibc

/// Waiting for programs that may still run.
public enum GracePeriod {
    /// Returns when every BPF program has ended that ran when this was called: membarrier(2).
    ///
    /// > MEMBARRIER_CMD_GLOBAL: the calling thread is ensured that all running threads have
    /// > passed through a state where all memory accesses match program order
    ///
    /// The kernel does it by an RCU grace period, and BPF programs run between those.
    public static func wait() { martlet_wait_for_grace_period() }
}
