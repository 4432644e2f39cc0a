import CLibBPF
import Glibc

/// A parsed BPF object file that is not in the kernel yet.
///
/// ``load()`` consumes it: nothing can be configured after loading or loaded twice.
@safe
public struct ParsedObject: ~Copyable {
    private let handle: OpaquePointer

    /// Parses an ELF file that the build carried: bpf_object__open_mem.
    public init(elf: [UInt8], name: String) throws(KernelError) {
        var options = unsafe bpf_object_open_opts()
        unsafe options.sz = MemoryLayout<bpf_object_open_opts>.size
        var number: CInt = 0
        let opened = unsafe name.withCString { cName in
            unsafe options.object_name = unsafe cName
            let object = unsafe elf.withUnsafeBytes {
                unsafe bpf_object__open_mem($0.baseAddress, $0.count, &options)
            }
            number = errno
            return unsafe object
        }
        guard let opened = unsafe opened else {
            throw KernelError(.parse(object: name), status: number)
        }
        unsafe handle = unsafe opened
    }

    /// Sets how many bytes or entries a map has: bpf_map__set_max_entries.
    public func resize(map: String, to entries: UInt32) throws(KernelError) {
        let status = unsafe bpf_map__set_max_entries(
            bpf_object__find_map_by_name(handle, map), entries)
        guard status == 0 else { throw KernelError(.createMap(map), status: status) }
    }

    /// Sets what the programs find in a section of constants: bpf_map__set_initial_value.
    public func set(constants section: String, to bytes: [UInt8]) throws(KernelError) {
        let map = unsafe bpf_object__find_map_by_name(handle, section)
        let status = unsafe bytes.withUnsafeBytes {
            unsafe bpf_map__set_initial_value(map, $0.baseAddress, $0.count)
        }
        guard status == 0 else { throw KernelError(.createMap(section), status: status) }
    }

    /// Makes the object use an existing map in place of its own: bpf_map__reuse_fd.
    public func share(_ map: BPFMap) throws(KernelError) {
        let own = unsafe bpf_object__find_map_by_name(handle, map.name)
        let status = InjectedFault.outcome(
            of: unsafe bpf_map__reuse_fd(own, map.descriptor.number))
        guard status == 0 else { throw KernelError(.createMap(map.name), status: status) }
    }

    /// Creates the maps and loads the programs: bpf_object__load.
    public consuming func load() throws(KernelError) -> LoadedObject {
        var log = [CChar](repeating: 0, count: VerifierLog.capacity)
        let length = log.count
        let status = unsafe log.withUnsafeMutableBufferPointer { log in
            var program = unsafe bpf_object__next_program(handle, nil)
            while let current = unsafe program {
                unsafe bpf_program__set_log_buf(current, log.baseAddress, length)
                unsafe program = unsafe bpf_object__next_program(handle, current)
            }
            return InjectedFault.outcome(of: unsafe bpf_object__load(handle))
        }
        guard status == 0 else {
            let name = unsafe String(cString: bpf_object__name(handle))
            throw KernelError(
                .load(object: name), status: status, verifierLog: VerifierLog.text(log))
        }
        return unsafe LoadedObject(adopting: release())
    }

    /// Gives up ownership without closing.
    private consuming func release() -> OpaquePointer {
        let handle = unsafe handle
        discard self
        return unsafe handle
    }

    deinit { unsafe bpf_object__close(handle) }
}

/// A BPF object whose maps and programs are in the kernel.
///
/// Dropping it detaches, then unloads.
@safe
public final class LoadedObject {
    let handle: OpaquePointer
    private var links: [(program: String, link: OpaquePointer)] = unsafe []

    fileprivate init(adopting handle: OpaquePointer) {
        unsafe self.handle = unsafe handle
    }

    /// A handle of its own on the map `name`: bpf_object__find_map_by_name.
    public func map(_ name: String) throws(KernelError) -> BPFMap {
        let map = unsafe bpf_object__find_map_by_name(handle, name)
        guard let map = unsafe map else { throw KernelError(.readMap(name), status: ENOENT) }
        let descriptor = try Descriptor(
            adopting: unsafe martlet_duplicate(bpf_map__fd(map)), for: .readMap(name))
        return BPFMap(
            name: name, descriptor: descriptor, valueSize: Int(unsafe bpf_map__value_size(map)))
    }

    /// The relocated instructions of every program: bpf_program__insns.
    ///
    /// > depending on the point in BPF object lifetime, bpf_program__insns() can
    /// > return different sets of instructions
    ///
    /// After loading they hold the descriptors of the object's maps.
    func programs() throws(KernelError) -> [String: ProgramCode] {
        var programs: [String: ProgramCode] = [:]
        var program = unsafe bpf_object__next_program(handle, nil)
        while let current = unsafe program {
            let name = unsafe String(cString: bpf_program__name(current))
            let instructions = unsafe UnsafeRawBufferPointer(
                UnsafeBufferPointer(
                    start: bpf_program__insns(current), count: Int(bpf_program__insn_cnt(current))))
            programs[name] = ProgramCode(
                name: name, type: unsafe bpf_program__type(current),
                words: unsafe Array(instructions.bindMemory(to: UInt64.self)))
            unsafe program = unsafe bpf_object__next_program(handle, current)
        }
        return programs
    }

    /// Every map with a handle of its own, by the descriptor that the object's instructions name:
    /// bpf_object__next_map.
    func maps() throws(KernelError) -> [CInt: TemplateMap] {
        var maps: [CInt: TemplateMap] = [:]
        var next = unsafe bpf_object__next_map(handle, nil)
        while let map = unsafe next {
            maps[unsafe bpf_map__fd(map)] = TemplateMap(
                original: try self.map(unsafe String(cString: bpf_map__name(map))),
                type: unsafe bpf_map__type(map), keySize: unsafe bpf_map__key_size(map),
                flags: unsafe bpf_map__map_flags(map), entries: unsafe bpf_map__max_entries(map),
                keyType: unsafe bpf_map__btf_key_type_id(map),
                valueType: unsafe bpf_map__btf_value_type_id(map))
            unsafe next = unsafe bpf_object__next_map(handle, map)
        }
        return maps
    }

    /// A handle of its own on the object's types: bpf_object__btf_fd.
    func types() throws(KernelError) -> Descriptor {
        try Descriptor(
            adopting: unsafe martlet_duplicate(bpf_object__btf_fd(handle)), for: .readBTF)
    }

    /// Runs a program of the type `syscall` once, as the calling process: bpf_prog_test_run_opts.
    public func run(_ name: String) throws(KernelError) {
        let program = unsafe bpf_object__find_program_by_name(handle, name)
        var options = unsafe bpf_test_run_opts()
        unsafe options.sz = MemoryLayout<bpf_test_run_opts>.size
        let status = unsafe InjectedFault.outcome(
            of: bpf_prog_test_run_opts(bpf_program__fd(program), &options))
        guard status == 0 else { throw KernelError(.run(program: name), status: status) }
    }

    /// Attaches every program to what its section names, but those that are run: bpf_program__attach.
    public func attachAll() throws(KernelError) {
        var next = unsafe bpf_object__next_program(handle, nil)
        while let current = unsafe next {
            unsafe next = unsafe bpf_object__next_program(handle, current)
            guard unsafe bpf_program__type(current) != BPF_PROG_TYPE_SYSCALL else { continue }
            let name = unsafe String(cString: bpf_program__name(current))
            let link = unsafe InjectedFault.strikes() ? nil : bpf_program__attach(current)
            guard let link = unsafe link else {
                let number = errno
                throw KernelError(
                    .attach(
                        program: name,
                        to: unsafe String(cString: bpf_program__section_name(current))),
                    status: number)
            }
            unsafe links.append((name, link))
        }
    }

    /// How a program is attached, if it is.
    func link(of program: String) -> OpaquePointer? {
        unsafe links.first { unsafe $0.program == program }?.link
    }

    deinit {
        while let attached = unsafe links.popLast() { unsafe bpf_link__destroy(attached.link) }
        unsafe bpf_object__close(handle)
        // libbpf has read the kernel's types to relocate the programs; malloc(3) kept the room.
        malloc_trim(0)
    }
}
