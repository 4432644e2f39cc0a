import CLibBPF
import Glibc

/// A BPF object that is parsed once and specialised many times.
///
/// The object is parsed, relocated against the kernel's types and verified when
/// the template is made. An instance is then a copy of its instructions with
/// some maps exchanged: a frozen map of constants that the verifier folds into
/// the program, and maps that the instance does not share. So a hundredth hook
/// costs the kernel's verifier and nothing else.
///
/// What libbpf keeps of the object is let go once the instructions are copied.
public final class ProgramTemplate: Sendable {
    private let constants: String
    private let programs: [String: ProgramCode]
    private let maps: [String: TemplateMap]
    /// Types of the maps that insist on them.
    private let types: Descriptor

    /// Loads `object`, whose map `constants` an instance replaces.
    public init(_ object: consuming ParsedObject, constants: String) throws(KernelError) {
        let object = try object.load()
        self.constants = constants
        types = try object.types()
        let maps = try object.maps()
        // The object's own descriptors are closed with it.
        let handles = maps.mapValues { $0.original.descriptor.number }
        programs = try object.programs().mapValues { code in
            var code = code
            code.replaceMaps(handles)
            return code
        }
        self.maps = Dictionary(uniqueKeysWithValues: maps.values.map { ($0.original.name, $0) })
    }

    /// Starts an instance: creates its maps, frozen constants first.
    ///
    /// - Parameters:
    ///   - bytes: what its programs see as constants.
    ///   - fresh: maps that the instance does not share with others.
    /// - Returns: the instance, whose programs can be loaded.
    /// - Throws: what the kernel said of a map.
    public func instantiate(constants bytes: [UInt8], fresh: [FreshMap]) throws(KernelError)
        -> ProgramInstance
    {
        let frozen = try makeMap(FreshMap(constants))
        try frozen.freeze(holding: bytes)
        var own = [frozen]
        for map in fresh { own.append(try makeMap(map)) }
        return ProgramInstance(template: self, maps: own)
    }

    /// A map like the template's of this name: bpf_map_create.
    public func makeMap(_ fresh: FreshMap) throws(KernelError) -> BPFMap {
        guard let map = maps[fresh.name] else {
            throw KernelError(.createMap(fresh.name), status: ENOENT)
        }
        return try map.copy(valueSize: fresh.valueSize, types: types)
    }

    /// The template's map of this name, which instances share.
    public func map(_ name: String) throws(KernelError) -> BPFMap {
        guard let map = maps[name]?.original else {
            throw KernelError(.readMap(name), status: ENOENT)
        }
        return map
    }

    /// The relocated instructions of one program.
    func program(_ name: String) throws(KernelError) -> ProgramCode {
        guard let code = programs[name] else {
            throw KernelError(.loadProgram(name), status: ENOENT)
        }
        return code
    }
}

/// A map that an instance gets for itself.
public struct FreshMap: Sendable, Equatable {
    /// The name that the BPF object gives it.
    public var name: String
    /// Bytes of its values, where they are not those of the object.
    public var valueSize: Int?

    /// Asks for a map.
    public init(_ name: String, valueSize: Int? = nil) {
        self.name = name
        self.valueSize = valueSize
    }
}
