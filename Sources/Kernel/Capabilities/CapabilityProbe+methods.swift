import CLibBPF
import Glibc

extension CapabilityProbe {
    /// Called by nothing but the kernel's own tests of BPF.
    static let quietFunction = "bpf_fentry_test1"
    /// Traced by nothing but the kernel's own tests of BPF.
    private static let quietTracepoint = (subsystem: "bpf_test_run", event: "bpf_test_finish")

    /// Attaches a program that does nothing, and detaches it at once.
    func attach(_ method: KernelMethod) throws(Missing) {
        switch method {
        case .fentry:
            try attachTrampoline(
                type: BPF_PROG_TYPE_TRACING, attachType: BPF_TRACE_FENTRY.rawValue,
                to: Self.quietFunction,
                needs: "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y, and CONFIG_FUNCTION_TRACER=y")
        case .kprobeMulti:
            try attachKprobes(
                attachType: BPF_TRACE_KPROBE_MULTI.rawValue, needs: "CONFIG_FPROBE=y")
        case .kprobe: try attachProbe("kprobe", to: Self.quietFunction, needs: "CONFIG_KPROBES=y")
        case .systemCallTracepoint: try attachSystemCall()
        case .tracepoint: try attachTracepoint()
        case .rawTracepoint: try attachRawTracepoint()
        case .uprobeMulti: try attachUprobes()
        case .uprobe:
            let file = try quietFile()
            try attachProbe("uprobe", to: file.path, needs: "CONFIG_UPROBE_EVENTS=y")
        case .lsm: try attachSecurityHook()
        }
    }

    /// The number of a function in the kernel's type information.
    func number(of function: String) throws(Missing) -> UInt32 {
        let prototype: FunctionPrototype?
        do {
            prototype = try types.types().function(named: function)
        } catch {
            throw Missing("\(error)")
        }
        guard let prototype, prototype.module == nil else {
            throw Missing("the kernel has no function \(function) to try it on")
        }
        return prototype.btfID
    }

    /// fentry and lsm: bpf_raw_tracepoint_open without a name.
    private func attachTrampoline(
        type: bpf_prog_type, attachType: UInt32, to function: String, needs: String
    ) throws(Missing) {
        let program = try ProbeProgram(
            type: type, attachType: attachType, target: number(of: function)
        ).load(needs: needs)
        try detach(
            bpf_raw_tracepoint_open(nil, program.descriptor.number),
            "attaching to \(function)", needs: needs)
    }

    /// kprobe.multi and kprobe.session: BPF_LINK_CREATE.
    func attachKprobes(attachType: UInt32, needs: String) throws(Missing) {
        let program = try ProbeProgram(type: BPF_PROG_TYPE_KPROBE, attachType: attachType)
            .load(needs: needs)
        let status = unsafe martlet_link_kprobe_multi(
            program.descriptor.number, attachType, Self.quietFunction)
        try detach(
            status < 0 ? -errno : status, "attaching to \(Self.quietFunction)", needs: needs)
    }

    /// kprobe and uprobe: perf_event_open(2), then bpf_link_create.
    private func attachProbe(_ kind: String, to target: String, needs: String) throws(Missing) {
        let description = "/sys/bus/event_source/devices/\(kind)/type"
        guard let type = textOfFile(description).flatMap({ UInt32($0.prefix { $0.isNumber }) })
        else {
            throw Missing("the kernel has no \(kind) events; they need a kernel with \(needs)")
        }
        let opened = unsafe martlet_open_probe(type, 0, target, 0)
        guard opened >= 0 else {
            throw Missing("opening a \(kind)", status: errno, needs: needs)
        }
        let event = Descriptor(owning: opened)
        let program = try ProbeProgram(type: BPF_PROG_TYPE_KPROBE).load()
        try detach(
            bpf_link_create(
                program.descriptor.number, event.number, BPF_PERF_EVENT, nil),
            "attaching to a \(kind)", needs: needs)
    }

    private func attachUprobes() throws(Missing) {
        let attachType: UInt32 = 48  // BPF_TRACE_UPROBE_MULTI
        let needs = "CONFIG_UPROBES=y, of Linux 6.6 or newer"
        let program = try ProbeProgram(type: BPF_PROG_TYPE_KPROBE, attachType: attachType)
            .load(needs: needs)
        let file = try quietFile()
        let status = unsafe martlet_link_uprobe_multi(
            program.descriptor.number, attachType, file.path, 0)
        try detach(status < 0 ? -errno : status, "attaching to a file", needs: needs)
    }

    /// A file of one page that no process has mapped, so that nobody meets the breakpoint.
    private func quietFile() throws(Missing) -> (descriptor: Descriptor, path: String) {
        let number = unsafe martlet_open_memory("martlet-probe")
        guard number >= 0 else { throw Missing("making a file to try it on", status: errno) }
        let descriptor = Descriptor(owning: number)
        guard ftruncate(number, Int(getpagesize())) == 0 else {
            throw Missing("making a file to try it on", status: errno)
        }
        return (descriptor, "/proc/self/fd/\(number)")
    }

    private func attachSystemCall() throws(Missing) {
        // Rare ones first. While one is attached, all system calls take a little longer.
        let names = ["acct", "swapoff", "quotactl"] + tracefs.systemCalls().prefix(1)
        guard let call = names.lazy.compactMap(tracefs.systemCall(named:)).first else {
            throw Missing(
                "tracefs lists no system calls; they need a kernel with CONFIG_FTRACE_SYSCALLS=y")
        }
        let program = try ProbeProgram(type: BPF_PROG_TYPE_TRACEPOINT).load()
        do throws(KernelError) {
            withExtendedLifetime(
                try program.attach(
                    toTracepoint: call.enterID, named: "syscalls:sys_enter_\(call.name)",
                    in: tracefs)
            ) {}
        } catch {
            throw Missing("\(error)")
        }
    }

    private func attachTracepoint() throws(Missing) {
        let (subsystem, event) = Self.quietTracepoint
        guard let tracepoint = tracefs.tracepoint(subsystem, event) else {
            throw Missing("tracefs has no tracepoint \(subsystem):\(event) to try it on")
        }
        let program = try ProbeProgram(type: BPF_PROG_TYPE_TRACEPOINT).load()
        do throws(KernelError) {
            withExtendedLifetime(
                try program.attach(
                    toTracepoint: tracepoint.id, named: "\(subsystem):\(event)", in: tracefs)
            ) {}
        } catch {
            throw Missing("\(error)")
        }
    }

    private func attachRawTracepoint() throws(Missing) {
        let program = try ProbeProgram(type: BPF_PROG_TYPE_RAW_TRACEPOINT).load()
        let event = Self.quietTracepoint.event
        try detach(
            unsafe bpf_raw_tracepoint_open(event, program.descriptor.number),
            "attaching to \(event)")
    }

    /// The hook of quotactl(2), which hardly anybody calls.
    private func attachSecurityHook() throws(Missing) {
        try attachTrampoline(
            type: BPF_PROG_TYPE_LSM, attachType: BPF_LSM_MAC.rawValue, to: "bpf_lsm_quotactl",
            needs: "CONFIG_BPF_LSM=y, and with what fentry needs")
        // A kernel attaches programs to hooks that it never runs, unless it was told to.
        if let active = textOfFile("/sys/kernel/security/lsm"), !active.contains("bpf") {
            throw Missing(
                "bpf is not among the active security modules (\(active)); "
                    + "boot with lsm=\(active),bpf")
        }
    }

    /// Closes a link that was made, which detaches.
    func detach(_ link: CInt, _ attempt: String, needs: String? = nil) throws(Missing) {
        guard link >= 0 else {
            throw Missing(attempt, status: link == -1 ? errno : link, needs: needs)
        }
        close(link)
    }
}
