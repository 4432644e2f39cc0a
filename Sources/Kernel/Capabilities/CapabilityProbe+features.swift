import CLibBPF
import Glibc

extension CapabilityProbe {
    /// Uses a feature in the smallest way there is.
    func use(_ feature: KernelFeature) throws(Missing) {
        switch feature {
        case .ringBuffer: try createMap(BPF_MAP_TYPE_RINGBUF, key: 0, value: 0, entries: 4096)
        case .taskStorage: try createTaskStorage()
        case .mappedArray:
            try createMap(
                BPF_MAP_TYPE_ARRAY, key: 4, value: 4, entries: 1, flags: UInt32(BPF_F_MMAPABLE))
        case .loop: try callHelper(BPF_FUNC_loop)
        case .functionArgument:
            try callHelper(
                BPF_FUNC_get_func_arg, type: BPF_PROG_TYPE_TRACING,
                attachType: BPF_TRACE_FENTRY.rawValue)
        case .attachCookie: try callHelper(BPF_FUNC_get_attach_cookie)
        case .kprobeSession:
            try attachKprobes(
                attachType: 56,  // BPF_TRACE_KPROBE_SESSION
                needs: "CONFIG_FPROBE=y, of Linux 6.10 or newer")
        case .signal: try callHelper(BPF_FUNC_send_signal)
        case .override:
            try callHelper(BPF_FUNC_override_return, needs: "CONFIG_BPF_KPROBE_OVERRIDE=y")
        case .stackTrace: try callHelper(BPF_FUNC_get_stack)
        case .path:
            try callHelper(
                BPF_FUNC_d_path, type: BPF_PROG_TYPE_TRACING,
                attachType: BPF_TRACE_FENTRY.rawValue)
        case .runStatistics:
            // Tried when the process still had the right to.
            if let refusal = access.statisticsRefusal { throw Missing("\(refusal)") }
        case .skippedRuns: try findSkippedRuns()
        case .functionList:
            let list = "available_filter_functions"
            let file = openForReading("\(tracefs.path)/\(list)")
            guard file >= 0 else {
                throw Missing(
                    "opening \(list)", status: errno, needs: "CONFIG_FUNCTION_TRACER=y")
            }
            close(file)
        }
    }

    private func callHelper(
        _ helper: bpf_func_id, type: bpf_prog_type = BPF_PROG_TYPE_KPROBE, attachType: UInt32 = 0,
        needs: String? = nil
    ) throws(Missing) {
        var program = ProbeProgram(type: type, attachType: attachType, helper: helper.rawValue)
        if type == BPF_PROG_TYPE_TRACING { program.target = try number(of: Self.quietFunction) }
        try program.checkHelper(needs: needs)
    }

    private func createMap(
        _ type: bpf_map_type, key: UInt32, value: UInt32, entries: UInt32, flags: UInt32 = 0
    ) throws(Missing) {
        var options = bpf_map_create_opts()
        options.sz = MemoryLayout<bpf_map_create_opts>.size
        options.map_flags = flags
        let map = unsafe bpf_map_create(type, "probe", key, value, entries, &options)
        guard map >= 0 else { throw Missing("creating a map", status: map) }
        close(map)
    }

    /// Task storage insists on types for its keys and values.
    private func createTaskStorage() throws(Missing) {
        let types = unsafe btf__new_empty()
        defer { unsafe btf__free(types) }
        let int = unsafe btf__add_int(types, "int", 4, CInt(BTF_INT_SIGNED))
        guard int > 0, unsafe btf__load_into_kernel(types) == 0 else {
            throw Missing("loading type information", status: errno)
        }
        var options = bpf_map_create_opts()
        options.sz = MemoryLayout<bpf_map_create_opts>.size
        options.map_flags = UInt32(BPF_F_NO_PREALLOC)
        options.btf_fd = UInt32(unsafe btf__fd(types))
        options.btf_key_type_id = UInt32(int)
        options.btf_value_type_id = UInt32(int)
        let map = unsafe bpf_map_create(BPF_MAP_TYPE_TASK_STORAGE, "probe", 4, 4, 0, &options)
        guard map >= 0 else { throw Missing("creating a map", status: map) }
        close(map)
    }

    /// The kernel says how much of struct bpf_prog_info it filled.
    private func findSkippedRuns() throws(Missing) {
        let program = try ProbeProgram(type: BPF_PROG_TYPE_TRACEPOINT).load()
        var info = bpf_prog_info()
        var length = UInt32(MemoryLayout<bpf_prog_info>.size)
        let status = unsafe bpf_obj_get_info_by_fd(program.descriptor.number, &info, &length)
        guard status == 0 else { throw Missing("asking for a program", status: status) }
        let needed = MemoryLayout<bpf_prog_info>.offset(of: \.recursion_misses) ?? 0
        guard Int(length) >= needed + 8 else {
            throw Missing("the kernel does not tell of runs that it skipped")
        }
    }
}
