import Events
import Synchronization
import Testing

@testable import Tracing

@Suite("What subscribers with filters and masks get of a log that is overtaken")
struct FilteredReadingTests {
    @Test("just what they asked for, once and in order, but for what gaps say", arguments: 0..<20)
    func property(seed: UInt64) throws {
        var random = Random(seed: seed)
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        var samples: [Sample] = []
        // The last one looks at the end only, and wants everything.
        var readers = try (0..<6).map { index in
            try Reader(of: log, index == 5 ? EventFilter() : Reader.filter(&random), &random)
        }
        var news: [Sample] = []
        for _ in 0..<400 {
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let sample = Sample(UInt64(samples.count + 1), &random)
                sample.append(to: log)
                samples.append(sample)
                news.append(sample)
            }
            if Bool.random(using: &random) {
                log.notify()
                for reader in readers {
                    #expect(reader.wakes.take() > 0 || !news.contains(where: reader.wants))
                }
                news = []
            }
            for index in readers.indices where Int.random(in: 0..<6, using: &random) > index {
                readers[index].read(log, &random)
            }
        }
        for index in readers.indices { while readers[index].read(log, &random) {} }
        for reader in readers { #expect(reader.text == reader.expected(of: samples)) }
        #expect(log.counters.overwritten > 0, "the log wrapped")
        for reader in readers { reader.cancel() }
        #expect(readers.contains { !$0.gaps.isEmpty })
        #expect(readers.contains { !$0.text.isEmpty })
    }
}

/// An event, and all that filters and masks look at.
private struct Sample {
    let sequence: UInt64
    let kind: FrameKind
    let policy: UInt32
    let pid: UInt32
    let namespacePID: UInt32
    let binary: String
    let function: String
    let padding: Int

    static let kinds: [(FrameKind, name: String)] = [
        (.processKprobe, "process_kprobe"), (.processExec, "process_exec"), (.policy, "policy"),
    ]
    static let binaries = [
        "", "/usr/bin/cat", "/usr/bin/catalogue", "/usr/sbin/x", "/usr/lib/systemd/systemd-udevd",
        "/usr/lib/systemd/systemd-homed",
    ]
    static let functions = ["", "do_pipe2", "do_pipe"]

    init(_ sequence: UInt64, _ random: inout Random) {
        self.sequence = sequence
        kind = Self.kinds[Int.random(in: 0..<3, using: &random)].0
        policy = UInt32.random(in: 0...2, using: &random)
        pid = UInt32.random(in: 0...2, using: &random)
        namespacePID = UInt32.random(in: 0...2, using: &random)
        binary = Self.binaries[Int.random(in: 0..<6, using: &random)]
        function = Self.functions[Int.random(in: 0..<3, using: &random)]
        padding = Int.random(in: 0..<20, using: &random) == 0 ? 20_000 : 300
    }

    var name: String { Self.kinds.first { $0.0 == kind }?.name ?? "" }

    /// Its line, with the members that a mask leaves.
    func line(_ members: Set<String>) -> String {
        let all = [
            ("process", #""process":{"binary":"\#(binary)"}"#),
            ("function_name", #""function_name":"\#(function)""#),
            ("padding", #""padding":"\#(String(repeating: "x", count: padding))""#),
        ]
        // Martlet's own events have nothing to leave out.
        let kept = kind == .policy ? all : all.filter { members.contains($0.0) }
        let object = kept.map(\.1).joined(separator: ",")
        return #"{"\#(name)":{\#(object)},"time":"\#(sequence)"}"#
    }

    func append(to log: EventLog) {
        let start = #"{"\#(name)":{"process":{"binary":""#.utf8.count
        let end = start + binary.utf8.count
        let function = end + #""},"function_name":""#.utf8.count
        log.append(
            line(Reader.members),
            Facets(
                kind: kind, policy: policy, pid: pid, namespacePID: namespacePID,
                binary: start..<end, function: function..<function + self.function.utf8.count))
    }
}

/// A subscriber that wants some events, and some of their members, and reads in pieces of any size.
private struct Reader {
    static let members: Set = ["process", "function_name", "padding"]
    private static let masks: [(paths: [String], left: Set<String>)] = [
        (["function_name"], ["function_name"]), (["-padding"], ["process", "function_name"]),
        (["process", "padding", "-process"], ["padding"]),
    ]

    private var cursor: Cursor
    private let form: Cursor.Form
    private let filter: EventFilter
    private let left: Set<String>
    private let limit: UInt64
    /// The sequences that gaps spoke of.
    private(set) var gaps: [Range<UInt64>] = []
    private(set) var text = ""
    /// How often it was woken.
    let wakes = Counter()
    private let subscription: EventLog.Subscription

    init(of log: EventLog, _ filter: EventFilter, _ random: inout Random) throws {
        form = Bool.random(using: &random) ? .serverSentEvents : .lines
        limit = Int.random(in: 0..<4, using: &random) == 0 ? 40 : .max
        self.filter = filter
        let index = Int.random(in: 0..<5, using: &random)
        let mask = index < 3 ? Self.masks[index] : nil
        left = mask?.left ?? Self.members
        cursor = Cursor(
            next: 1, filter: filter, mask: try mask.map { try FieldMask($0.paths) }, form: form,
            limit: limit)
        subscription = log.subscribe(to: filter) { [wakes] in wakes.count() }
    }

    func cancel() { subscription.cancel() }

    /// Any filter.
    static func filter(_ random: inout Random) -> EventFilter {
        func some<Value>(of values: [Value]) -> Set<Value>? {
            guard Int.random(in: 0..<3, using: &random) == 0 else { return nil }
            return Set(values.filter { _ in Bool.random(using: &random) })
        }
        var filter = EventFilter()
        filter.kinds = some(of: Sample.kinds.map(\.0))
        filter.policies = some(of: [0, 1, 2])
        filter.pids = some(of: [0, 1, 2])
        filter.namespacePIDs = some(of: [0, 1, 2])
        filter.binaries = some(of: Sample.binaries.map(EscapedText.init))
        filter.binaryPrefixes = some(
            of: ["/usr/bin/c", "/usr/lib/systemd/systemd-h", "/usr/s"].map(EscapedText.init))
        filter.functions = some(of: Sample.functions.map(EscapedText.init))
        return filter
    }

    /// One reading; returns whether there was something.
    @discardableResult
    mutating func read(_ log: EventLog, _ random: inout Random) -> Bool {
        let (reading, bytes) = cursor.read(log, size: Int.random(in: 1...3_000, using: &random))
        switch reading {
        case .bytes: text += String(decoding: bytes, as: UTF8.self)
        case .gap(let missed, let oldest): gaps.append(oldest - missed..<oldest)
        case .end: return false
        }
        return true
    }

    /// What all readings together should have brought.
    func expected(of samples: [Sample]) -> String {
        samples.filter { sample in
            wants(sample) && !gaps.contains { $0.contains(sample.sequence) }
        }.prefix(Int(clamping: limit)).map { sample in
            let line = sample.line(left)
            return form == .lines
                ? "\(line)\n" : "id: a-\(sample.sequence)\nevent: \(sample.name)\ndata: \(line)\n\n"
        }.joined()
    }

    func wants(_ sample: Sample) -> Bool {
        func takes<Value>(_ values: Set<Value>?, _ value: Value) -> Bool {
            values?.contains(value) ?? true
        }
        let binary = EscapedText(sample.binary)
        return takes(filter.kinds, sample.kind) && takes(filter.policies, sample.policy)
            && takes(filter.pids, sample.pid) && takes(filter.namespacePIDs, sample.namespacePID)
            && takes(filter.binaries, binary)
            && filter.binaryPrefixes?.contains { binary.bytes.starts(with: $0.bytes) } ?? true
            && takes(filter.functions, EscapedText(sample.function))
    }
}

/// Counts wake-ups.
private final class Counter: Sendable {
    private let value = Mutex(0)

    func count() { value.withLock { $0 += 1 } }

    /// How many there were since the last time.
    func take() -> Int {
        value.withLock { value in
            defer { value = 0 }
            return value
        }
    }
}
