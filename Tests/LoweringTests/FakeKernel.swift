import Lowering
import Policy

/// A kernel of a few system calls, functions and tracepoints.
struct FakeKernel: KernelFacts {
    /// Why it cannot attach in some ways.
    var obstacles: [AttachMethod: String] = [:]
    /// What it can trace; nil where it does not list that.
    var traceable: [String]? = FakeKernel.functions.keys.sorted() + ["asm_exc_nmi"]

    func systemCall(_ name: String) -> SystemCallFacts? {
        Self.systemCalls[name].map { parameters in
            SystemCallFacts(parameters: parameters, functionID: Self.functionIDs[name])
        }
    }

    func systemCallNames() -> [String] { Self.systemCalls.keys.sorted() }

    /// Of the functions `many_...` there are as many as a test wants.
    func function(_ name: String) -> FunctionFacts? {
        Self.functions[name.hasPrefix("many_") ? "vfs_read" : name]
    }

    func functionNames() -> [String] { Self.functions.keys.sorted() }

    func symbols(_ names: Set<String>) -> [String: SymbolFacts] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, Self.symbols[$0] ?? SymbolFacts()) })
    }

    func traceableFunctions(matching pattern: String) -> PatternMatches {
        guard let traceable else { return .notListed }
        guard let regex = try? Regex(pattern), !pattern.contains("(?") else {
            return .invalidPattern(reason: "Invalid preceding regular expression")
        }
        return .found(traceable.filter { $0.firstMatch(of: regex) != nil })
    }

    func tracepoint(_ event: String, of subsystem: String) -> TracepointFacts? {
        Self.tracepoints[subsystem]?[event]
    }

    func tracepointNames(of subsystem: String) -> [String] {
        Self.tracepoints[subsystem]?.keys.sorted() ?? []
    }

    func tracepointSubsystems() -> [String] { Self.tracepoints.keys.sorted() }

    func rawTracepoint(_ event: String) -> FunctionFacts? { Self.rawTracepoints[event] }

    func obstacle(to method: AttachMethod) -> String? { obstacles[method] }
}

extension Parameter {
    /// `int flags`, as C declares it; its name is the last word.
    init(_ declaration: String, bytes: Int = 8, isSigned: Bool = false) {
        let words = declaration.split(separator: " ")
        self.init(
            name: String(words.last ?? ""), type: words.dropLast().joined(separator: " "),
            bytes: bytes, isSigned: isSigned)
    }

    static func int(_ name: String) -> Parameter {
        Parameter(name: name, type: "int", bytes: 4, isSigned: true)
    }

    static func long(_ name: String) -> Parameter {
        Parameter(name: name, type: "long", bytes: 8, isSigned: true)
    }

    /// A structure that is passed by value.
    static func structure(_ name: String, bytes: Int) -> Parameter {
        Parameter(name: name, type: "struct s\(bytes)", bytes: bytes)
    }
}

// MARK: - System calls

extension FakeKernel {
    /// Of system calls all parameters are words: the caller's registers.
    private static let systemCalls: [String: [Parameter]] = [
        "clone": ["unsigned long clone_flags", "int * parent_tidptr"],
        "close": ["unsigned int fd"],
        "execve": ["const char * filename", "const char *const * argv"],
        "exit": ["int error_code"],
        "exit_group": ["int error_code"],
        "fork": [],
        "getgroups": ["int gidsetsize", "gid_t * grouplist"],
        "getpid": [],
        "openat": ["int dfd", "const char * filename", "int flags", "umode_t mode"],
        "pipe2": ["int * fildes", "int flags"],
        "setgroups": ["int gidsetsize", "gid_t * grouplist"],
        "renameat": ["int olddfd", "const char * oldname", "int newdfd", "const char * newname"],
        "socketpair": ["int family", "int type", "int protocol", "int * usockvec"],
    ].mapValues { $0.map { Parameter($0) } }

    /// The kernel's types know who serves them, but for close.
    private static let functionIDs: [String: UInt32] = Dictionary(
        uniqueKeysWithValues: systemCalls.keys.sorted().enumerated()
            .filter { $1 != "close" }.map { ($1, UInt32(500 + $0)) })
}

// MARK: - Functions

extension FakeKernel {
    private static let result = Parameter(name: "", type: "int", bytes: 4, isSigned: true)
    private static let longResult = Parameter(name: "", type: "long", bytes: 8, isSigned: true)

    private static let functions: [String: FunctionFacts] = [
        "do_pipe2": FunctionFacts(
            id: 101, parameters: [Parameter("int * fildes"), .int("flags")], result: result),
        "vfs_read": FunctionFacts(
            id: 102,
            parameters: [
                Parameter("struct file * file"), Parameter("char * buf"), Parameter("size_t count"),
            ], result: longResult),
        "vfs_write": FunctionFacts(
            id: 103,
            parameters: [
                Parameter("struct file * file"), Parameter("char * buf"), Parameter("size_t count"),
            ], result: longResult),
        "vfs_fsync": FunctionFacts(
            id: 104, parameters: [Parameter("struct file * file"), .int("datasync")],
            result: result),
        "wake_up_bit": FunctionFacts(
            id: 105, parameters: [Parameter("void * word"), .int("bit")], result: nil),
        "kstrdup": FunctionFacts(
            id: 106, parameters: [Parameter("const char * s"), Parameter("gfp_t gfp", bytes: 4)],
            result: Parameter(name: "", type: "char *")),
        "get_list": FunctionFacts(
            id: 107, parameters: [.structure("where", bytes: 16), .int("n")],
            result: Parameter(name: "", type: "int *")),
        "by_value": FunctionFacts(
            id: 108,
            parameters: [
                .structure("pair", bytes: 16), .int("b"), Parameter("int * list"), .int("n"),
            ], result: result),
        "by_large_value": FunctionFacts(
            id: 109, parameters: [.structure("large", bytes: 40), .int("b")], result: result),
        "large_result": FunctionFacts(
            id: 110, parameters: [.int("a")],
            result: Parameter(name: "", type: "struct s24", bytes: 24)),
        // The last has no register left; neither have what stands behind a structure that has none.
        "seven": FunctionFacts(id: 111, parameters: (0..<7).map { .int("p\($0)") }, result: result),
        "overflowing": FunctionFacts(
            id: 112,
            parameters: (0..<4).map { .int("p\($0)") } + [
                .structure("pair", bytes: 16), Parameter("int * list"),
            ], result: result),
        "split": FunctionFacts(
            id: 113,
            parameters: [
                .structure("one", bytes: 16), .structure("two", bytes: 16), Parameter("int * list"),
                .structure("three", bytes: 16), .int("last"),
            ], result: result),
        "ext4_sync_fs": FunctionFacts(
            id: 7, module: "ext4",
            parameters: [Parameter("struct super_block * sb"), .int("wait")],
            result: result),
    ]

    private static let symbols: [String: SymbolFacts] = [
        "do_fault": SymbolFacts(variants: ["do_fault.isra.0", "do_fault.cold"]),
        "do_fault.isra.0": SymbolFacts(count: 1),
        "twice": SymbolFacts(count: 2),
        "nf_hook": SymbolFacts(count: 1, module: "nf_tables"),
    ]
}

// MARK: - Tracepoints

extension FakeKernel {
    private typealias Field = TracepointFacts.Field

    private static let common = [
        Field(Parameter("unsigned short common_type", bytes: 2), offset: 0),
        Field(Parameter("unsigned char common_flags", bytes: 1), offset: 2),
        Field(Parameter("unsigned char common_preempt_count", bytes: 1), offset: 3),
        Field(.int("common_pid"), offset: 4),
    ]

    private static let tracepoints: [String: [String: TracepointFacts]] = [
        "sched": [
            "sched_process_exec": TracepointFacts(
                id: 311,
                fields: common + [
                    Field(Parameter("char[] filename", bytes: 4), offset: 8, location: .fromRecord),
                    Field(.int("pid"), offset: 12),
                    Field(Parameter("char[16] comm", bytes: 1), offset: 16, elements: 16),
                ])
        ],
        "fake": [
            "numbers": TracepointFacts(
                id: 312,
                fields: common + [
                    Field(Parameter("s8 a", bytes: 1, isSigned: true), offset: 8),
                    Field(Parameter("u8 b", bytes: 1), offset: 9),
                    Field(Parameter("short c", bytes: 2, isSigned: true), offset: 10),
                    Field(Parameter("u16 d", bytes: 2), offset: 12),
                    Field(.int("e"), offset: 16),
                    Field(Parameter("u32 f", bytes: 4), offset: 20),
                    Field(.long("g"), offset: 24),
                    Field(Parameter("u64 h"), offset: 32),
                    Field(Parameter("void * i"), offset: 40),
                ]),
            "texts": TracepointFacts(
                id: 313,
                fields: common + [
                    Field(Parameter("const char * name"), offset: 8),
                    Field(Parameter("unsigned char * bytes"), offset: 16),
                    Field(Parameter("const char[8] short_name", bytes: 1), offset: 24, elements: 8),
                    Field(Parameter("unsigned char[6] address", bytes: 1), offset: 32, elements: 6),
                    Field(Parameter("signed char * levels"), offset: 40),
                ]),
            "arrays": TracepointFacts(
                id: 314,
                fields: common + [
                    Field(Parameter("unsigned long[6] args"), offset: 8, elements: 6),
                    Field(
                        Parameter("unsigned long[] mask", bytes: 4), offset: 56,
                        location: .fromRecord),
                    Field(Parameter("char[] late", bytes: 4), offset: 60, location: .fromField),
                    Field(Parameter("int[LENGTH] pair", bytes: 8), offset: 64),
                    Field(.structure("large", bytes: 16), offset: 72),
                    Field(.structure("odd", bytes: 6), offset: 88),
                ]),
        ],
    ]

    private static let rawTracepoints: [String: FunctionFacts] = [
        "sched_process_exec": FunctionFacts(
            id: 201,
            parameters: [
                Parameter("struct task_struct * p"), .int("old_pid"),
                Parameter("struct linux_binprm * bprm"), Parameter("const char * name"),
            ], result: nil)
    ]
}
