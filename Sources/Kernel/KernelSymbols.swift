import Glibc

/// What the kernel's symbol table says of a function's name.
public struct KernelSymbol: Sendable, Equatable {
    /// The name that was asked for.
    public let name: String
    /// How many functions have exactly this name.
    public internal(set) var count = 0
    /// The modules that have one, in the order of the table.
    public internal(set) var modules: [String] = []
    /// What the compiler made of it: `NAME.isra.0`, `NAME.constprop.0`, `NAME.part.0`, `NAME.cold`.
    public internal(set) var variants: [String] = []

    init(name: String) { self.name = name }
}

/// The kernel's symbol table, read anew for each question: it has some 10 MB.
///
/// One pass answers for any number of names.
public struct KernelSymbols: Sendable {
    private let path: String

    /// Names the table: `/proc/kallsyms`.
    public init() { path = "/proc/kallsyms" }

    init(path: String) { self.path = path }

    /// What the table says of each name; the empty answer where it cannot be read.
    ///
    ///     ffffffff813d5a60 t do_pipe2
    ///     ffffffffc0a01240 t ext4_file_open<tab>[ext4]
    public func symbols(named names: Set<String>) -> [String: KernelSymbol] {
        var symbols: [String: KernelSymbol] = [:]
        for name in names { symbols[name] = KernelSymbol(name: name) }
        forEachLine(of: path) { line in
            let fields = line.split(maxSplits: 3) { $0 == " " || $0 == "\t" || $0 == "\n" }
            // Functions are in the text section: t, T, and weak ones w, W.
            guard fields.count >= 3, ["t", "T", "w", "W"].contains(fields[1]) else { return }
            let symbol = String(fields[2])
            let stem = String(symbol.prefix { $0 != "." })
            if stem != symbol { symbols[stem]?.variants.append(symbol) }
            guard symbols[symbol] != nil else { return }
            symbols[symbol]?.count += 1
            guard fields.count > 3, fields[3].hasPrefix("[") else { return }
            let module = fields[3].dropFirst().prefix { $0 != "]" }
            symbols[symbol]?.modules.append(String(module))
        }
        return symbols
    }

    /// What the table says of one name.
    public func symbol(named name: String) -> KernelSymbol {
        symbols(named: [name])[name] ?? KernelSymbol(name: name)
    }

    /// What the compiler made of a function: `NAME.isra.0` and the like.
    public func variants(of name: String) -> [String] { symbol(named: name).variants }

    /// How many functions have exactly this name.
    public func count(of name: String) -> Int { symbol(named: name).count }

    /// The module that has the function, or nil for the kernel itself or no such function.
    public func module(of name: String) -> String? { symbol(named: name).modules.first }
}
