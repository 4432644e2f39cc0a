import Foundation
import Testing

@testable import Kernel

@Suite("The kernel's symbols")
struct KernelSymbolsTests {
    private static let table = """
        ffffffff81000000 T _stext
        ffffffff81000010 t do_x
        ffffffff81000020 t do_x.isra.0
        ffffffff81000030 t do_x.part.0.cold
        ffffffff81000040 t do_xy
        ffffffff81000050 d do_x
        ffffffff81000060 T __pfx_do_x
        ffffffff81000070 t dup
        ffffffffc0a01240 t dup\t[ext4]
        ffffffffc0a01250 W weak\t[nf_tables]
        ffffffffc0a01260 b
        """

    private func symbols() throws -> (KernelSymbols, path: String) {
        let path = NSTemporaryDirectory() + "martlet-symbols-\(UUID().uuidString)"
        try Data(Self.table.utf8).write(to: URL(fileURLWithPath: path))
        return (KernelSymbols(path: path), path)
    }

    @Test("one pass answers for several names")
    func names() throws {
        let (symbols, path) = try symbols()
        defer { unlink(path) }
        let found = symbols.symbols(named: ["do_x", "dup", "weak", "gone"])
        #expect(found["do_x"]?.count == 1)
        #expect(found["do_x"]?.variants == ["do_x.isra.0", "do_x.part.0.cold"])
        #expect(found["do_x"]?.modules == [])
        #expect(found["dup"]?.count == 2)
        #expect(found["dup"]?.modules == ["ext4"])
        #expect(found["gone"] == KernelSymbol(name: "gone"))
        #expect(symbols.count(of: "do_x.isra.0") == 1)
        #expect(symbols.variants(of: "do_x.isra.0") == [])
        #expect(symbols.count(of: "do_x.isra.1") == 0)
        #expect(symbols.module(of: "weak") == "nf_tables")
        #expect(symbols.count(of: "do_xy") == 1)
        #expect(symbols.variants(of: "do_xy") == [])
    }

    @Test("a table that cannot be read has nothing")
    func unreadable() {
        #expect(KernelSymbols(path: "/nowhere").count(of: "do_x") == 0)
    }

    @Test("the running kernel's table knows vfs_read once, and not as a module's", .requiresBPF)
    func running() {
        let symbol = KernelSymbols().symbol(named: "vfs_read")
        #expect(symbol.count == 1)
        #expect(symbol.modules == [])
    }
}
