import CLibBPF
import Glibc

/// A map in the kernel.
public final class BPFMap: Sendable {
    /// The name that the BPF object gives it.
    public let name: String
    let descriptor: Descriptor
    let valueSize: Int

    init(name: String, descriptor: Descriptor, valueSize: Int) {
        self.name = name
        self.descriptor = descriptor
        self.valueSize = valueSize
    }

    /// Stores `value` under a 32-bit key: bpf_map_update_elem.
    public func update(key: UInt32, value: UInt64) throws(KernelError) {
        var key = key
        var value = value
        let status = InjectedFault.outcome(
            of: unsafe bpf_map_update_elem(descriptor.number, &key, &value, UInt64(BPF_ANY)))
        guard status == 0 else { throw KernelError(.updateMap(name), status: status) }
    }

    /// The 64-bit value under a 32-bit key, or nil where there is none: bpf_map_lookup_elem.
    public func value(key: UInt32) throws(KernelError) -> UInt64? {
        var key = key
        var value: UInt64 = 0
        let status = InjectedFault.outcome(
            of: unsafe bpf_map_lookup_elem(descriptor.number, &key, &value))
        if status == -ENOENT { return nil }
        guard status == 0 else { throw KernelError(.readMap(name), status: status) }
        return value
    }

    /// Removes a 32-bit key; it need not be there: bpf_map_delete_elem.
    public func remove(key: UInt32) throws(KernelError) {
        var key = key
        let status = InjectedFault.outcome(
            of: unsafe bpf_map_delete_elem(descriptor.number, &key))
        guard status == 0 || status == -ENOENT else {
            throw KernelError(.updateMap(name), status: status)
        }
    }

    /// Every 32-bit key that the map holds now: bpf_map_get_next_key.
    public func keys() -> [UInt32] {
        var keys: [UInt32] = []
        var next: UInt32 = 0
        var status = unsafe bpf_map_get_next_key(descriptor.number, nil, &next)
        while status == 0 {
            keys.append(next)
            var current = next
            status = unsafe bpf_map_get_next_key(descriptor.number, &current, &next)
        }
        return keys
    }

    /// How many entries it can have, or bytes where it is a ring: bpf_obj_get_info_by_fd.
    func entries() throws(KernelError) -> Int {
        var info = bpf_map_info()
        var size = UInt32(MemoryLayout<bpf_map_info>.size)
        let status = InjectedFault.outcome(
            of: unsafe bpf_obj_get_info_by_fd(descriptor.number, &info, &size))
        guard status == 0 else { throw KernelError(.readMap(name), status: status) }
        return Int(info.max_entries)
    }

    /// An entry of a per-CPU map of 64-bit words, summed over the CPUs.
    public func sumOverCPUs(key: UInt32 = 0) throws(KernelError) -> [UInt64] {
        let words = valueSize / 8
        let processors = Int(libbpf_num_possible_cpus())
        var key = key
        var values = [UInt64](repeating: 0, count: words * max(processors, 1))
        let status = InjectedFault.outcome(
            of: unsafe bpf_map_lookup_elem(descriptor.number, &key, &values))
        guard status == 0 else { throw KernelError(.readMap(name), status: status) }
        return (0..<words).map { word in
            stride(from: word, to: values.count, by: words).reduce(0) { $0 &+ values[$1] }
        }
    }

    /// Puts a program into an array of programs, for bpf_tail_call().
    public func put(_ program: Program, at index: UInt32) throws(KernelError) {
        var index = index
        var number = UInt32(program.descriptor.number)
        let status = InjectedFault.outcome(
            of: unsafe bpf_map_update_elem(descriptor.number, &index, &number, UInt64(BPF_ANY)))
        guard status == 0 else { throw KernelError(.updateMap(name), status: status) }
    }

    /// Empties a place of an array of programs; it may be empty already.
    public func clear(at index: UInt32) throws(KernelError) { try remove(key: index) }

    /// Fills entry 0 and makes it constant for programs and server alike: BPF_MAP_FREEZE.
    func freeze(holding bytes: [UInt8]) throws(KernelError) {
        var key: UInt32 = 0
        var status = unsafe bytes.withUnsafeBytes { bytes in
            InjectedFault.outcome(
                of: unsafe bpf_map_update_elem(
                    descriptor.number, &key, bytes.baseAddress, UInt64(BPF_ANY)))
        }
        guard status == 0 else { throw KernelError(.updateMap(name), status: status) }
        status = InjectedFault.outcome(of: bpf_map_freeze(descriptor.number))
        guard status == 0 else { throw KernelError(.updateMap(name), status: status) }
    }
}
