import Kernel
import Lowering
import Policy

/// The running kernel, as lowering asks about it.
struct RunningKernel: KernelFacts, Sendable {
    /// What the start has taken.
    private let access: KernelAccess
    /// The kernel's functions, read when somebody asks.
    let types = KernelTypesCache()
    /// What the kernel offers, tried when somebody asks.
    let capabilities: CapabilityProbe

    init(_ access: KernelAccess) {
        self.access = access
        capabilities = CapabilityProbe(access: access, types: types)
    }

    var tracefs: Tracefs { access.tracefs }

    func obstacle(to method: AttachMethod) -> String? {
        capabilities.capability(method.capability).reason
    }

    // MARK: - Functions

    func systemCall(_ name: String) -> SystemCallFacts? {
        tracefs.systemCall(named: name).map { call in
            SystemCallFacts(
                parameters: call.parameters.map { Parameter(name: $0.name, type: $0.type) },
                functionID: functionID(ofSystemCall: name))
        }
    }

    /// Only a trampoline needs it, and only for it are the kernel's types read.
    private func functionID(ofSystemCall name: String) -> UInt32? {
        guard obstacle(to: .fentry) == nil else { return nil }
        return function(Subject.SystemCall.prefix + name)?.id
    }

    func systemCallNames() -> [String] { tracefs.systemCalls() }

    func function(_ name: String) -> FunctionFacts? {
        (try? types.types().function(named: name)).flatMap { $0 }.map(FunctionFacts.init)
    }

    func functionNames() -> [String] {
        (try? types.types()).map { Array($0.functionNames) } ?? []
    }

    func symbols(_ names: Set<String>) -> [String: SymbolFacts] {
        KernelSymbols().symbols(named: names).mapValues { symbol in
            SymbolFacts(
                count: symbol.count, module: symbol.modules.first, variants: symbol.variants)
        }
    }

    func traceableFunctions(matching pattern: String) -> PatternMatches {
        do throws(InvalidPattern) {
            let names = tracefs.traceableFunctions(matching: try NamePattern(pattern))
            return names.map { .found($0) } ?? .notListed
        } catch {
            return .invalidPattern(reason: error.reason)
        }
    }

    // MARK: - Tracepoints

    func tracepoint(_ event: String, of subsystem: String) -> TracepointFacts? {
        tracefs.tracepoint(subsystem, event).map { format in
            TracepointFacts(id: format.id, fields: format.fields.map(TracepointFacts.Field.init))
        }
    }

    func tracepointNames(of subsystem: String) -> [String] { tracefs.events(of: subsystem) }

    func tracepointSubsystems() -> [String] { tracefs.subsystems() }

    func rawTracepoint(_ event: String) -> FunctionFacts? {
        (try? types.types().rawTracepoint(event)).flatMap { $0 }.map(FunctionFacts.init)
    }
}

extension AttachMethod {
    /// What a kernel must offer for it.
    fileprivate var capability: KernelMethod {
        switch self {
        case .fentry: .fentry
        case .kprobeMulti: .kprobeMulti
        case .kprobe: .kprobe
        case .tracepoint: .tracepoint
        case .rawTracepoint: .rawTracepoint
        }
    }
}

extension FunctionFacts {
    fileprivate init(_ prototype: FunctionPrototype) {
        self.init(
            id: prototype.btfID, module: prototype.module,
            parameters: prototype.parameters.map { Parameter($0.type, name: $0.name) },
            result: prototype.result.map { Parameter($0, name: "") })
    }
}

extension Parameter {
    fileprivate init(_ type: CType, name: String) {
        let (bytes, isSigned) =
            switch type.kind {
            case .integer(let bytes, let signed): (bytes, signed)
            case .enumeration(let bytes, let signed): (bytes, signed)
            case .boolean: (1, false)
            case .structure(let bytes): (bytes, false)
            case .pointer, .other: (8, false)
            }
        self.init(name: name, type: type.text, bytes: bytes, isSigned: isSigned)
    }
}

extension TracepointFacts.Field {
    fileprivate init(_ field: TracepointFormat.Field) {
        let elements = field.location == .inPlace ? field.count : nil
        self.init(
            Parameter(
                name: field.name, type: field.type, bytes: field.size / max(1, elements ?? 1),
                isSigned: field.isSigned),
            offset: field.offset, elements: elements, location: .init(field.location))
    }
}

extension TracepointFacts.Location {
    fileprivate init(_ location: TracepointFormat.Location) {
        self =
            switch location {
            case .inPlace: .inPlace
            case .fromContext: .fromRecord
            case .fromField: .fromField
            }
    }
}
