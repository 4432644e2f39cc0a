import CLibBPF
import Glibc

/// The instructions of one program, eight bytes each, as libbpf relocated them.
struct ProgramCode {
    let name: String
    let type: bpf_prog_type
    var words: [UInt64]

    /// Exchanges map descriptors in every `ldimm64` that names a map.
    ///
    ///     bits   0..7    8..11   12..15  16..31  32..63
    ///            opcode  target  source  offset  immediate
    ///
    /// The source says what the immediate is: BPF_PSEUDO_MAP_FD a map,
    /// BPF_PSEUDO_MAP_VALUE a map whose value the next word points into.
    mutating func replaceMaps(_ replacements: [CInt: CInt]) {
        let loadImmediate = UInt64(BPF_LD | BPF_IMM | BPF_DW)
        var index = 0
        while index < words.count {
            let word = words[index]
            guard word & 0xff == loadImmediate else {
                index += 1
                continue
            }
            let source = Int32(word >> 12 & 0xf)
            let immediate = CInt(truncatingIfNeeded: word >> 32)
            if source == BPF_PSEUDO_MAP_FD || source == BPF_PSEUDO_MAP_VALUE,
                let replacement = replacements[immediate]
            {
                words[index] = word & 0xffff_ffff | UInt64(UInt32(bitPattern: replacement)) << 32
            }
            index += 2  // the second word of a ldimm64 is the upper half of its immediate
        }
    }
}

/// Maps and programs of one specialisation of a ``ProgramTemplate``.
public final class ProgramInstance {
    private let template: ProgramTemplate
    private let maps: [String: BPFMap]
    private let replacements: [CInt: CInt]

    init(template: ProgramTemplate, maps: [String: BPFMap], replacements: [CInt: CInt]) {
        self.template = template
        self.maps = maps
        self.replacements = replacements
    }

    /// A map that is this instance's own, or nil where it shares the template's.
    public func map(_ name: String) -> BPFMap? { maps[name] }

    /// Loads one program of the template with this instance's maps: bpf_prog_load.
    public func load(program name: String) throws(KernelError) -> Program {
        var code = try template.program(name)
        code.replaceMaps(replacements)
        let status = load(code, logCapacity: 0).status
        if status >= 0 { return Program(name: name, descriptor: Descriptor(owning: status)) }
        // Only a refused program is verified again with a log: writing one is slow.
        let refused = load(code, logCapacity: VerifierLog.capacity)
        if refused.status >= 0 {
            return Program(name: name, descriptor: Descriptor(owning: refused.status))
        }
        throw KernelError(
            .loadProgram(name), status: refused.status, verifierLog: VerifierLog.text(refused.log))
    }

    private func load(_ code: ProgramCode, logCapacity: Int) -> (status: CInt, log: [CChar]) {
        var log = [CChar](repeating: 0, count: logCapacity)
        let status = unsafe log.withUnsafeMutableBufferPointer { log in
            var options = unsafe bpf_prog_load_opts()
            unsafe options.sz = MemoryLayout<bpf_prog_load_opts>.size
            if logCapacity > 0 {
                unsafe options.log_buf = log.baseAddress
                unsafe options.log_size = UInt32(logCapacity)
                unsafe options.log_level = 1
            }
            return unsafe code.words.withUnsafeBytes { words in
                unsafe bpf_prog_load(
                    code.type, code.name, "Dual BSD/GPL",
                    unsafe words.baseAddress?.assumingMemoryBound(to: bpf_insn.self),
                    code.words.count, &options)
            }
        }
        return (status, log)
    }
}
