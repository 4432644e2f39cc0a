import Events
import Testing

@testable import API

/// A process that started at its number.
private func process(_ pid: UInt32, below parent: UInt32? = nil, at start: UInt64? = nil)
    -> ProcessSnapshot
{
    ProcessSnapshot(
        id: ProcessID(identity: start ?? UInt64(pid), pid: pid), execID: Array("\(pid)".utf8),
        parent: parent, json: [])
}

extension ProcessTree {
    /// Each with those below it in brackets: `1(2(3) 4)`.
    fileprivate var text: String { text(of: roots) }

    private func text(of places: [Int]) -> String {
        places.map { place in
            let below = nodes[place].children.isEmpty ? "" : "(\(text(of: nodes[place].children)))"
            return "\(nodes[place].process.id.pid)\(below)"
        }.joined(separator: " ")
    }
}

@Suite("The tree of processes")
struct ProcessTreeTests {
    private let family = [
        process(4, below: 1), process(3, below: 2), process(1), process(2, below: 1), process(9),
        process(5, below: 3),
    ]
    private let all: Set<UInt32> = [1, 2, 3, 4, 5, 9]

    @Test("each stands below its parent, the older first")
    func whole() {
        let tree = ProcessTree(family, below: all, limit: 100)
        #expect(tree.text == "1(2(3(5)) 4) 9")
        #expect(tree.total == 6)
    }

    @Test("a filter picks the roots, and one within another's tree is no root of its own")
    func roots() {
        func tree(_ taken: Set<UInt32>) -> ProcessTree {
            ProcessTree(family, below: taken, limit: 100)
        }
        #expect(tree([2]).text == "2(3(5))")
        #expect(tree([2]).total == 3)
        #expect(tree([5, 2]).text == "2(3(5))")
        #expect(tree([5, 4]).text == "4 5")
        #expect(tree([]).text == "")
        #expect(tree([]).total == 0)
    }

    @Test("what is nearest to the roots comes first, and the rest is counted")
    func limit() {
        let texts = (1...6).map { ProcessTree(family, below: all, limit: $0).text }
        #expect(
            texts == ["1", "1 9", "1(2) 9", "1(2 4) 9", "1(2(3) 4) 9", "1(2(3(5)) 4) 9"])
        #expect(ProcessTree(family, below: all, limit: 2).total == 6)
    }

    @Test("nothing is nested deeper than a reader of JSON can follow")
    func deep() {
        let chain = (1...1_000).map { process($0, below: $0 == 1 ? nil : $0 - 1) }
        let tree = ProcessTree(chain, below: Set(1...1_000), limit: 10_000)
        #expect(tree.nodes.count == ProcessTree.deepest)
        #expect(tree.total == 1_000)
    }
}

@Suite("Pages of processes")
struct ProcessPageTests {
    private let found = [
        process(7, at: 2), process(3, at: 2), process(9, at: 1), process(1, at: 4),
    ]

    @Test("pages come in the order of starts, then of numbers, each process once")
    func pages() {
        var seen: [UInt32] = []
        var last: ProcessID?
        var hasMore = true
        while hasMore {
            let page = ProcessPage(found, after: last, limit: 1)
            #expect(page.processes.count == 1)
            #expect(page.total == 4)
            seen += page.processes.map(\.id.pid)
            last = page.processes.last?.id
            hasMore = page.hasMore
        }
        #expect(seen == [9, 3, 7, 1])
    }

    @Test("a page goes on behind a process that is gone")
    func gone() {
        let page = ProcessPage(found, after: ProcessID(identity: 2, pid: 5), limit: 10)
        #expect(page.processes.map(\.id.pid) == [7, 1])
        #expect(!page.hasMore)
        let none = ProcessPage(found, after: ProcessID(identity: 9, pid: 0), limit: 10)
        #expect(none.processes.isEmpty)
    }
}
