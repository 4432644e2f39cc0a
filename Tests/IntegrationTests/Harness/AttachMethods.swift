import Foundation
import Glibc
import Testing

/// The ways to attach that a kernel offers, as people who run it know them.
///
/// Not asked of the service: it must find the same.
enum AttachMethods {
    /// Those that serve any kernel function, the best first.
    static let ofFunctions: [String] = {
        let release = kernelRelease()
        if release.hasPrefix("6.1.") { return ["fentry", "kprobe"] }
        if release.hasPrefix("6.12.") { return ["fentry", "kprobe.multi", "kprobe"] }
        // What any other kernel says of kprobes is plain; the rest is left to those above.
        return access("/sys/bus/event_source/devices/kprobe", F_OK) == 0 ? ["kprobe"] : []
    }()

    /// Those that serve system calls, in no order.
    static let ofSystemCalls = ["tracepoint"] + ofFunctions

    private static func kernelRelease() -> String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        return text ?? ""
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where no kernel function can be hooked.
    static var requiresFunctionHooks: Self {
        .enabled("needs a kernel with kprobes or BPF trampolines: make test-vm has one") {
            !AttachMethods.ofFunctions.isEmpty
        }
    }
}
