import CLibBPF
import Glibc

/// A BPF object that is loaded once and specialised many times.
///
/// The object is parsed, relocated against the kernel's types and verified when
/// the template is made. An instance is then a copy of its instructions with
/// some maps exchanged: a frozen map of constants that the verifier folds into
/// the program, and maps that the instance does not share. So a hundredth hook
/// costs the kernel's verifier and nothing else.
@safe
public final class ProgramTemplate {
    private let object: LoadedObject
    private let constants: String

    /// Loads `object`, whose map `constants` an instance replaces.
    public init(_ object: consuming ParsedObject, constants: String) throws(KernelError) {
        self.object = try object.load()
        self.constants = constants
    }

    /// Starts an instance: creates its maps, frozen constants first.
    ///
    /// - Parameters:
    ///   - bytes: what its programs see as constants.
    ///   - fresh: maps that the instance does not share with others.
    /// - Returns: the instance, whose programs can be loaded.
    /// - Throws: what the kernel said of a map.
    public func instantiate(constants bytes: [UInt8], fresh: [String]) throws(KernelError)
        -> ProgramInstance
    {
        let frozen = try copy(of: constants)
        try frozen.map.freeze(holding: bytes)
        var copies = [frozen]
        for name in fresh { copies.append(try copy(of: name)) }
        var replacements: [CInt: CInt] = [:]
        var maps: [String: BPFMap] = [:]
        for copy in copies {
            replacements[copy.original] = copy.map.descriptor.number
            maps[copy.map.name] = copy.map
        }
        return ProgramInstance(template: self, maps: maps, replacements: replacements)
    }

    private func copy(of name: String) throws(KernelError) -> (map: BPFMap, original: CInt) {
        let map = unsafe bpf_object__find_map_by_name(object.handle, name)
        guard let map = unsafe map else { throw KernelError(.createMap(name), status: ENOENT) }
        var options = bpf_map_create_opts()
        options.sz = MemoryLayout<bpf_map_create_opts>.size
        options.map_flags = unsafe bpf_map__map_flags(map)
        // Task storage insists on types; an array of constants must not have any of another size.
        if unsafe bpf_map__type(map) == BPF_MAP_TYPE_TASK_STORAGE {
            options.btf_fd = UInt32(unsafe bpf_object__btf_fd(object.handle))
            options.btf_key_type_id = unsafe bpf_map__btf_key_type_id(map)
            options.btf_value_type_id = unsafe bpf_map__btf_value_type_id(map)
        }
        let valueSize = unsafe bpf_map__value_size(map)
        let kernelName = String(name.drop { $0 == "." }.prefix(15)).replacing(".", with: "_")
        let descriptor = try Descriptor(
            adopting: unsafe bpf_map_create(
                bpf_map__type(map), kernelName, bpf_map__key_size(map), valueSize,
                bpf_map__max_entries(map), &options),
            for: .createMap(name))
        return (
            BPFMap(name: name, descriptor: descriptor, valueSize: Int(valueSize)),
            unsafe bpf_map__fd(map)
        )
    }

    /// The relocated instructions of one program: bpf_program__insns.
    ///
    /// > depending on the point in BPF object lifetime, bpf_program__insns() can
    /// > return different sets of instructions
    ///
    /// After loading they hold the descriptors of the object's maps.
    func program(_ name: String) throws(KernelError) -> ProgramCode {
        let program = unsafe bpf_object__find_program_by_name(object.handle, name)
        guard let program = unsafe program else {
            throw KernelError(.loadProgram(name), status: ENOENT)
        }
        let instructions = unsafe UnsafeBufferPointer(
            start: bpf_program__insns(program), count: Int(bpf_program__insn_cnt(program)))
        return ProgramCode(
            name: name, type: unsafe bpf_program__type(program),
            words: unsafe UnsafeRawBufferPointer(instructions).bindMemory(to: UInt64.self).map {
                $0
            })
    }
}
