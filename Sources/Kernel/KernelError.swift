import CLibBPF
import Glibc

/// A kernel or libbpf call that failed, and what it was working on.
public struct KernelError: Error, Sendable, Equatable {
    /// What was tried.
    public enum Operation: Sendable, Equatable {
        case parse(object: String)
        case load(object: String)
        case createMap(String)
        case updateMap(String)
        case readMap(String)
        case loadProgram(String)
        case attach(program: String, to: String)
        case run(program: String)
        case iterate(String)
        case openRing
        case poll
        case enableStatistics
        case findTracepoint(String)
        case readBTF
    }

    /// What was tried, and on what.
    public var operation: Operation
    /// Positive: an errno, or one of libbpf's own numbers from 4000 up.
    public var number: CInt
    /// What the verifier said, when loading failed.
    public var verifierLog: String?

    init(_ operation: Operation, status: CInt, verifierLog: String? = nil) {
        self.operation = operation
        self.number = abs(status)
        self.verifierLog = verifierLog
    }

    /// Something that the kernel does not have: ENOENT.
    public init(missing operation: Operation) { self.init(operation, status: ENOENT) }

    /// The kernel's name of ``number``, such as `EACCES`, or its number in words.
    public var reason: String {
        var text = [CChar](repeating: 0, count: 128)
        let length = text.count
        // > libbpf_strerror() handles both errno values and libbpf's own codes.
        unsafe libbpf_strerror(number, &text, length)
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension KernelError: CustomStringConvertible {
    /// One sentence: what was tried, on what, and what came back.
    public var description: String {
        let attempt =
            switch operation {
            case .parse(let object): "parsing the BPF object \(object)"
            case .load(let object): "loading the BPF object \(object)"
            case .createMap(let map): "creating the BPF map \(map)"
            case .updateMap(let map): "writing to the BPF map \(map)"
            case .readMap(let map): "reading the BPF map \(map)"
            case .loadProgram(let program): "loading the BPF program \(program)"
            case .attach(let program, let target): "attaching \(program) to \(target)"
            case .run(let program): "running the BPF program \(program)"
            case .iterate(let program): "running the BPF iterator \(program)"
            case .openRing: "opening the ring buffer"
            case .poll: "waiting for the ring buffer"
            case .enableStatistics: "enabling BPF run statistics"
            case .findTracepoint(let name): "finding the tracepoint \(name)"
            case .readBTF: "reading the kernel's type information (BTF)"
            }
        return "\(attempt): \(reason)"
    }
}
