import CLibBPF

/// A map of a template, and what it takes to make another one like it.
struct TemplateMap: Sendable {
    let original: BPFMap
    let type: bpf_map_type
    let keySize: UInt32
    let flags: UInt32
    let entries: UInt32
    let keyType: UInt32
    let valueType: UInt32

    /// Makes a map of the same kind: bpf_map_create.
    func copy(valueSize: Int?, types: Descriptor) throws(KernelError) -> BPFMap {
        let name = original.name
        let valueSize = valueSize ?? original.valueSize
        var options = bpf_map_create_opts()
        options.sz = MemoryLayout<bpf_map_create_opts>.size
        options.map_flags = flags
        // Task storage insists on types; an array of constants must not have any of another size.
        if type == BPF_MAP_TYPE_TASK_STORAGE {
            options.btf_fd = UInt32(types.number)
            options.btf_key_type_id = keyType
            options.btf_value_type_id = valueType
        }
        let kernelName = String(name.drop { $0 == "." }.prefix(15)).replacing(".", with: "_")
        let descriptor = try Descriptor(
            adopting: unsafe bpf_map_create(
                type, kernelName, keySize, UInt32(valueSize), entries, &options),
            for: .createMap(name))
        return BPFMap(name: name, descriptor: descriptor, valueSize: valueSize)
    }
}
