import CLibBPF
import Glibc

extension Program {
    /// Attaches to a tracepoint by its number in tracefs: perf_event_open(2), bpf_link_create.
    ///
    /// `cookie` is what the program gets from bpf_get_attach_cookie().
    public func attach(
        toTracepoint id: UInt64, named target: String, in tracefs: Tracefs, cookie: UInt64 = 0
    )
        throws(KernelError) -> Attachment
    {
        let events = tracefs.attachable
        let event = try events.take(id, for: .attach(program: name, to: target))
        do throws(KernelError) {
            return Attachment(
                link: try link(to: event, target, cookie), on: .shared(event, of: id, events),
                target: target)
        } catch {
            events.giveBack(event, of: id)
            throw error
        }
    }

    /// Attaches to the start of a kernel function, or to its return: kprobe, kretprobe.
    public func attach(toFunction function: String, returning: Bool, cookie: UInt64 = 0)
        throws(KernelError) -> Attachment
    {
        let operation = KernelError.Operation.attach(program: name, to: function)
        guard let probes = KprobeEvents.here else { throw KernelError(operation, status: ENODEV) }
        let flags = returning ? UInt64(1) << probes.returnBit : 0
        let event = try Descriptor(
            adopting: unsafe martlet_open_probe(probes.type, flags, function, 0), for: operation)
        return Attachment(
            link: try link(to: event, function, cookie), on: .own(event), target: function)
    }

    /// bpf_link_create on a perf event.
    private func link(to event: Descriptor, _ target: String, _ cookie: UInt64)
        throws(KernelError) -> Descriptor
    {
        var options = unsafe bpf_link_create_opts()
        unsafe options.sz = MemoryLayout<bpf_link_create_opts>.size
        unsafe options.perf_event.bpf_cookie = cookie
        return try Descriptor(
            adopting: unsafe bpf_link_create(
                descriptor.number, event.number, BPF_PERF_EVENT, &options),
            for: .attach(program: name, to: target))
    }

    /// Attaches to all of these functions at once: kprobe.multi, kretprobe.multi.
    ///
    /// A function's cookie is its place in the list. The program must have been loaded
    /// for ``ProgramPlace/functions``.
    public func attach(toFunctions functions: [String], returning: Bool)
        throws(KernelError) -> Attachment
    {
        let target =
            functions.count == 1 ? functions[0] : "\(functions.count) functions"
        var names: [UnsafePointer<CChar>?] = unsafe functions.map {
            unsafe UnsafePointer(strdup($0))
        }
        defer { unsafe names.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) } }
        var cookies = functions.indices.map(UInt64.init)
        var options = unsafe bpf_link_create_opts()
        unsafe options.sz = MemoryLayout<bpf_link_create_opts>.size
        unsafe options.kprobe_multi.cnt = UInt32(functions.count)
        unsafe options.kprobe_multi.flags =
            returning ? UInt32(BPF_F_KPROBE_MULTI_RETURN) : 0
        let status = unsafe names.withUnsafeMutableBufferPointer { names in
            unsafe cookies.withUnsafeMutableBufferPointer { cookies in
                unsafe options.kprobe_multi.syms = names.baseAddress
                unsafe options.kprobe_multi.cookies = UnsafePointer(cookies.baseAddress)
                return unsafe bpf_link_create(
                    descriptor.number, 0, BPF_TRACE_KPROBE_MULTI, &options)
            }
        }
        let link = try Descriptor(adopting: status, for: .attach(program: name, to: target))
        return Attachment(link: link, on: .none, target: target)
    }

    /// Attaches to the function that the program was loaded for: fentry, fexit.
    public func attach(toTrampolineOf function: String, returning: Bool)
        throws(KernelError) -> Attachment
    {
        let status = bpf_link_create(
            descriptor.number, 0, returning ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY, nil)
        let link = try Descriptor(adopting: status, for: .attach(program: name, to: function))
        return Attachment(link: link, on: .none, target: function)
    }

    /// Attaches to a tracepoint by its name alone: bpf_raw_tracepoint_open.
    public func attach(toRawTracepoint event: String) throws(KernelError) -> Attachment {
        let status = unsafe bpf_raw_tracepoint_open(event, descriptor.number)
        let link = try Descriptor(adopting: status, for: .attach(program: name, to: event))
        return Attachment(link: link, on: .none, target: event)
    }
}

/// Where sysfs keeps the numbers of the kprobe PMU.
struct KprobeEvents: Sendable {
    /// perf_event_attr.type.
    let type: UInt32
    /// The bit of perf_event_attr.config that asks for returns.
    let returnBit: UInt32

    private static let folder = "/sys/bus/event_source/devices/kprobe"

    /// This machine's; nil where the kernel has no kprobes.
    static let here = KprobeEvents()

    private init?() {
        guard
            let type = textOfFile(Self.folder + "/type").flatMap({
                UInt32($0.prefix { $0.isNumber })
            }),
            // config:0
            let format = textOfFile(Self.folder + "/format/retprobe"),
            let bit = format.split(whereSeparator: { !$0.isNumber }).first.flatMap({ UInt32($0) })
        else { return nil }
        self.type = type
        returnBit = bit
    }
}
