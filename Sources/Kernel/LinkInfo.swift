import CLibBPF

/// What the kernel says of a link.
///
/// Read as bytes: libbpf's headers are older than the fields.
///
///     offset  0    4   8        16                24         32    48
///             type id  program  kprobe_multi: addrs count      missed
///                               perf_event:   type  kprobe: ...    missed
struct LinkInfo {
    /// Runs that the kernel skipped; nil where this kernel does not count them.
    let missed: UInt64?

    // enum bpf_link_type and bpf_perf_event_type.
    private static let perfEvent: UInt32 = 7
    private static let kprobeMulti: UInt32 = 8
    private static let kprobes: ClosedRange<UInt32> = 3...4

    /// Asks the kernel: bpf_obj_get_info_by_fd.
    init?(of link: Descriptor) {
        var bytes = [UInt64](repeating: 0, count: 32)
        var length = UInt32(bytes.count * 8)
        let status = unsafe bpf_obj_get_info_by_fd(link.number, &bytes, &length)
        guard status == 0 else { return nil }
        let type = UInt32(truncatingIfNeeded: bytes[0])
        let detail = UInt32(truncatingIfNeeded: bytes[2])
        switch type {
        case Self.kprobeMulti where length >= 40: missed = bytes[4]
        case Self.perfEvent where length >= 56 && Self.kprobes.contains(detail): missed = bytes[6]
        default: missed = nil
        }
    }
}
