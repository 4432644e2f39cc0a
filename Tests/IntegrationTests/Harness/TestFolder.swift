import Foundation

/// A folder that others may read, of programs and what they are given; removed with it.
final class TestFolder: Sendable {
    /// Absolute, without symbolic links.
    let path: String

    /// Makes it.
    init() throws {
        path = try temporaryFolder()
        guard chmod(path, 0o755) == 0 else { throw HarnessError.call("chmod") }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, and returns its path.
    func write(_ bytes: [UInt8], as name: String, mode: mode_t = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        guard chmod(file, mode) == 0 else { throw HarnessError.call("chmod") }
        return file
    }

    /// Writes an executable, and returns its path.
    func write(_ program: TinyProgram, as name: String, mode: mode_t = 0o755) throws -> String {
        try write(program.bytes, as: name, mode: mode)
    }

    /// Makes a folder, and returns its path.
    func folder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Writes texts for the steps `argv` and `env`, and returns the file's path.
    func list(_ texts: [[UInt8]], as name: String) throws -> String {
        try write(texts.flatMap { $0 + [0] }, as: name)
    }
}

/// Executables of some hundred bytes: static and without a C library, so that they begin at once.
enum TinyProgram {
    /// Ends when its standard input does.
    case waiting
    /// Ends at once.
    case ending

    /// An ELF file with one segment, which is all of the file.
    var bytes: [UInt8] {
        let headers = 64 + 56
        let address: UInt64 = 0x40_0000
        let size = UInt64(headers + code.count)
        let elf =
            [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
            // An executable for x86-64, version 1; its entry, where program and section headers are.
            + little(2 as UInt16, 62 as UInt16, 1 as UInt32)
            + little(address + UInt64(headers), 64 as UInt64, 0 as UInt64)
            // No flags; the sizes and numbers of the headers.
            + little(0 as UInt32, 64 as UInt16, 56 as UInt16, 1 as UInt16)
            + little(64 as UInt16, 0 as UInt16, 0 as UInt16)
        // To be loaded, readable and executable: offset, addresses, sizes, alignment.
        let segment =
            little(1 as UInt32, 5 as UInt32)
            + little(0 as UInt64, address, address, size, size, 4096 as UInt64)
        return elf + segment + code
    }

    private var code: [UInt8] {
        let read: [UInt8] = [
            0x31, 0xFF,  // xor edi, edi
            0x48, 0x8D, 0x74, 0x24, 0xF8,  // lea rsi, [rsp - 8]
            0xBA, 1, 0, 0, 0,  // mov edx, 1
            0x31, 0xC0,  // xor eax, eax: read
            0x0F, 0x05,  // syscall
        ]
        let exit: [UInt8] = [
            0x31, 0xFF,  // xor edi, edi
            0xB8, 231, 0, 0, 0,  // mov eax, 231: exit_group
            0x0F, 0x05,  // syscall
        ]
        return self == .waiting ? read + exit : exit
    }

    private func little(_ numbers: any FixedWidthInteger...) -> [UInt8] {
        numbers.flatMap { number in bytes(of: number) }
    }

    private func bytes<Number: FixedWidthInteger>(of number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
