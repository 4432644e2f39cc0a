import Assets
import CWire
public import Kernel
import Lowering
public import Policy

/// The service's share of the kernel: what is loaded once and serves every policy.
///
/// Made at start; its programs follow processes from then on. Dropping it
/// detaches them.
public final class Engine {
    /// The running kernel's release.
    public let release: String
    let facts: RunningKernel
    let records: BPFMap
    /// `struct wire_reader`: read and written without a system call, since one that looks into a
    /// map has the kernel skip tracing programs on its CPU for that long.
    let readerState: SharedWords
    let followSets: FollowSets
    let slots: PolicySlots
    let ringBytes: UInt32
    let processList: BPFIterator
    private let processes: LoadedObject
    private let template: ProgramTemplate

    /// What the engine is made with.
    public struct Options: Sendable {
        /// Bytes of the ring between the kernel and the reader, a power of two.
        public var ringBytes: UInt32 = 4 * 1024 * 1024
        /// Whether the records of execs carry the environment.
        public var carriesEnvironment = false
        /// The most that any policy may do, whatever it says.
        public var modeLimit = PolicyMode.enforce

        /// The defaults.
        public init() {}
    }

    /// Loads what every policy shares, with all the rights of the process.
    public convenience init(options: Options = Options()) throws {
        try self.init(options: options, access: KernelAccess())
    }

    /// Loads what every policy shares.
    public init(options: Options, access: KernelAccess) throws {
        facts = RunningKernel(access)
        release = Requirements.kernelRelease()

        ringBytes = options.ringBytes
        let processes = try Self.loadProcesses(options)
        records = try processes.map("events")
        let reader = try processes.map("reader")
        readerState = try SharedWords(map: reader)
        let sets = try processes.map("process_sets")
        followSets = FollowSets(map: sets)
        let hook = try Self.parse("hook")
        for shared in [records, reader, sets] { try hook.share(shared) }
        template = try ProgramTemplate(hook, constants: ".rodata.spec")
        slots = try PolicySlots(
            map: template.map(".data.slots"), limit: options.modeLimit)
        try processes.run("service_introduce")
        try processes.attachAll()
        processList = try processes.iterator("process_list")
        self.processes = processes
    }

    private static func parse(_ program: String) throws -> ParsedObject {
        // The build puts every program of bpf/programs among the assets.
        let elf = Asset.at("bpf/\(program).bpf.o")?.bytes ?? []
        return try ParsedObject(elf: elf, name: program)
    }

    private static func loadProcesses(_ options: Options) throws -> LoadedObject {
        let object = try parse("process")
        try object.resize(map: "events", to: options.ringBytes)
        let carriesEnvironment: UInt32 = options.carriesEnvironment ? 1 : 0
        try object.set(
            constants: ".rodata",
            to: unsafe withUnsafeBytes(of: carriesEnvironment) { unsafe Array($0) })
        return try object.load()
    }

    /// Makes the maps of a hook; its programs can be loaded.
    func instantiate(_ attempt: Attempt, _ assignment: Attempt.Assignment) throws(KernelError)
        -> ProgramInstance
    {
        try template.instantiate(
            constants: attempt.specification(assignment),
            fresh: attempt.maps.map { FreshMap($0.name, valueSize: $0.valueSize) })
    }

    /// Makes the chain of a program that is to be attached.
    func makeChain(_ name: String) throws(KernelError) -> BPFMap {
        try template.makeMap(FreshMap(name))
    }

    /// Records of processes that found the ring full.
    public func lostProcessRecords() -> UInt64 { readerState.lostProcessRecords }
}
