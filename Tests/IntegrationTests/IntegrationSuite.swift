import Glibc
import Testing

/// Holds every suite that runs the service on the real kernel.
///
/// Serialized: they share two cores, and the kernel with everything else on the machine. Every
/// policy is scoped to processes that its test started.
@Suite("The service on this kernel", .tags(.kernel), .requiresBPF, .serialized)
struct IntegrationSuite {}

extension Tag {
    /// Loads BPF programs.
    @Tag static var kernel: Self
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where the process may not load BPF programs.
    static var requiresBPF: Self {
        .enabled("needs root and kernel BTF") {
            geteuid() == 0 && access("/sys/kernel/btf/vmlinux", R_OK) == 0
        }
    }
}
