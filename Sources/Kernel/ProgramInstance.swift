import CLibBPF
import Glibc

/// The instructions of one program, eight bytes each, as libbpf relocated them.
struct ProgramCode: Sendable {
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

/// What the kernel must know of a program's place before it loads it.
public enum ProgramPlace: Sendable, Equatable {
    /// Nothing: attaching says it.
    case any
    /// Many functions at once: kprobe.multi.
    case functions
    /// Where one function is entered, by its BTF id: fentry.
    case entry(of: UInt32)
    /// Where one function returns: fexit.
    case exit(of: UInt32)
}

/// Maps and programs of one specialisation of a ``ProgramTemplate``.
public final class ProgramInstance: Sendable {
    private let template: ProgramTemplate
    private let maps: [String: BPFMap]

    init(template: ProgramTemplate, maps: [BPFMap]) {
        self.template = template
        self.maps = Dictionary(uniqueKeysWithValues: maps.map { ($0.name, $0) })
    }

    /// A map that is this instance's own, or nil where it shares the template's.
    public func map(_ name: String) -> BPFMap? { maps[name] }

    /// Loads one program of the template with this instance's maps: bpf_prog_load.
    ///
    /// - Parameters:
    ///   - name: the program's function.
    ///   - place: what it will be attached to.
    ///   - more: maps that this program alone has in the place of the template's.
    /// - Returns: the program, not attached.
    /// - Throws: what the kernel said, with the verifier's log where it refused.
    public func load(program name: String, for place: ProgramPlace, with more: [BPFMap] = [])
        throws(KernelError) -> Program
    {
        var code = try template.program(name)
        var replacements: [CInt: CInt] = [:]
        for map in Array(maps.values) + more {
            replacements[try template.map(map.name).descriptor.number] = map.descriptor.number
        }
        code.replaceMaps(replacements)
        var load = ProgramLoad(code: code, place: place)
        let status = load.attempt(logCapacity: 0)
        if status == -EPERM || status >= 0 {
            return Program(
                name: name, descriptor: try Descriptor(adopting: status, for: .loadProgram(name)))
        }
        // Only a refused program is verified again with a log: writing one is slow.
        let refused = load.attempt(logCapacity: VerifierLog.capacity)
        guard refused < 0 else {
            return Program(
                name: name, descriptor: try Descriptor(adopting: refused, for: .loadProgram(name)))
        }
        throw KernelError(
            .loadProgram(name), status: refused, verifierLog: VerifierLog.text(load.log))
    }
}

/// One call of bpf_prog_load.
private struct ProgramLoad {
    let code: ProgramCode
    let place: ProgramPlace
    private(set) var log: [CChar] = []

    init(code: ProgramCode, place: ProgramPlace) {
        self.code = code
        self.place = place
    }

    /// The new program's descriptor, or `-errno`.
    mutating func attempt(logCapacity: Int) -> CInt {
        log = [CChar](repeating: 0, count: logCapacity)
        let (type, place) = (type, place)
        let code = code
        return unsafe log.withUnsafeMutableBufferPointer { log in
            var options = unsafe bpf_prog_load_opts()
            unsafe options.sz = MemoryLayout<bpf_prog_load_opts>.size
            switch place {
            case .any: break
            case .functions: unsafe options.expected_attach_type = BPF_TRACE_KPROBE_MULTI
            case .entry(let function):
                unsafe options.expected_attach_type = BPF_TRACE_FENTRY
                unsafe options.attach_btf_id = function
            case .exit(let function):
                unsafe options.expected_attach_type = BPF_TRACE_FEXIT
                unsafe options.attach_btf_id = function
            }
            if logCapacity > 0 {
                unsafe options.log_buf = log.baseAddress
                unsafe options.log_size = UInt32(logCapacity)
                unsafe options.log_level = 1
            }
            return unsafe code.words.withUnsafeBytes { words in
                unsafe bpf_prog_load(
                    type, code.name, "Dual BSD/GPL",
                    unsafe words.baseAddress?.assumingMemoryBound(to: bpf_insn.self),
                    code.words.count, &options)
            }
        }
    }

    /// The template's own type, except where there is none without a function.
    private var type: bpf_prog_type {
        switch place {
        case .any, .functions: code.type
        case .entry, .exit: BPF_PROG_TYPE_TRACING
        }
    }
}
