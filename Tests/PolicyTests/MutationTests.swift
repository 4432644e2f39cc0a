import Policy
import Testing

@Suite("Documents that were damaged")
struct MutationTests {
    private static let valid = [calls, lists, tracepoints] + GoldenTests.documents

    private static let lists = Array(
        """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata: {name: pipes}
        spec:
          lists:
          - name: pipes
            type: syscalls
            values: [sys_pipe, __x64_sys_pipe2, dup]
          - {name: &n reads, values: [vfs_read, ksys_read]}
          - {name: ksys, type: generated_ftrace, pattern: "^ksys_(read|write).*$"}
          options:
          - {name: attach-method, value: kprobe}
          - name: disable-kprobe-multi
            value: "1"
          kprobes:
          - call: list:pipes
            ignore: {callNotFound: true}
          - {call: "list:reads", syscall: false}
          - call: list:ksys
          - call: do_pipe2.isra.0
            syscall: false

        """.utf8)

    private static let tracepoints = Array(
        """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata: {name: processes}
        spec:
          tracepoints:
          - subsystem: sched
            event: sched_process_exec
            args:
            - {index: 4, type: data_loc, label: filename}
            - index: 5
            message: executed
            selectors:
            - matchPIDs: [{operator: In, values: [1]}]
          - subsystem: sched
            event: sched_switch
            raw: true
            args: [{index: 0, type: nop}, {index: 3, type: uint32}]
          options: [{name: policy-mode, value: enforce}]

        """.utf8)

    private static let calls = Array(
        """
        # Pipes, é
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata: {name: pipes, labels: {"a": 'b'}}
        spec:
          kprobes:
          - call: &c "sys_pipe2"
            args:
            - {index: 0, type: int32_arr, label: pipefd, returnCopy: true, size: 2}
            - index: 1
              type: int
            return: true
            returnArg: {index: 0, type: int}
            message: >-
              made a
              pipe
            tags: [pipe, fd]
            selectors:
            - matchPIDs:
              - operator: NotIn
                values: [1, 2]
          - call: *c

        """.utf8)

    @Test("a document is valid before it is damaged", arguments: valid)
    func undamaged(document: [UInt8]) {
        #expect(check(document: document).policy != nil)
    }

    @Test("damage never crashes a check, and is reported inside of the document", arguments: 0..<8)
    func damaged(seed: UInt64) {
        var random = SplitMix(state: seed)
        for turn in 0..<600 {
            let valid = Self.valid[turn % Self.valid.count]
            let document = Self.damage(valid, &random)
            let result = check(document: document)
            let lines = lineLengths(of: document)
            #expect((result.policy == nil) == result.diagnostics.contains { $0.severity == .error })
            for diagnostic in result.diagnostics {
                let position = diagnostic.position
                let isInside =
                    (1...lines.count).contains(position.line)
                    && (1...lines[position.line - 1] + 1).contains(position.column)
                #expect(
                    isInside,
                    "\(diagnostic) in \(String(decoding: document, as: UTF8.self))")
                #expect(diagnostic.pointer.isEmpty || diagnostic.pointer.hasPrefix("/"))
            }
        }
    }

    @Test("no prefix of the document crashes a check")
    func prefixes() {
        for document in Self.valid {
            for length in 0..<document.count {
                _ = check(document: Array(document.prefix(length)))
            }
        }
    }

    private static func damage(_ valid: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var document = valid
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<document.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: document[place] = UInt8.random(in: 0...255, using: &random)
            case 1:
                document[place] =
                    "[]{}:,-?&*!|>'\"%@`#~ \n\t0a".utf8.randomElement(
                        using: &random) ?? 0
            case 2: document.remove(at: place)
            case 3:
                let end = min(document.count, place + Int.random(in: 0..<40, using: &random))
                document.insert(contentsOf: document[place..<end], at: place)
            case 4:
                var lines = document.split(separator: 0x0A, omittingEmptySubsequences: false)
                lines.swapAt(
                    Int.random(in: 0..<lines.count, using: &random),
                    Int.random(in: 0..<lines.count, using: &random))
                document = Array(lines.joined(separator: [0x0A]))
            default:
                document.removeSubrange(place..<min(document.count, place + 30))
                if document.isEmpty { return valid }
            }
        }
        return document
    }
}
