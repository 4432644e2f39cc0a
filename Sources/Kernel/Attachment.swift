import Dispatch
import Foundation
import Synchronization

/// Keeps a program attached.
///
/// Dropping it detaches: when that returns, the program runs no more.
public final class Attachment: Sendable {
    /// What the program is attached to.
    public let target: String
    private let link: Mutex<Descriptor?>
    private let event: Event

    /// What a link needs to stand on.
    enum Event: Sendable {
        /// Nothing: the link is all there is.
        case none
        /// A perf event of its own.
        case own(Descriptor)
        /// A perf event of a tracepoint, which goes back to those.
        case shared(Descriptor, of: UInt64, TracepointEvents)
    }

    init(link: Descriptor, on event: Event, target: String) {
        self.link = Mutex(link)
        self.event = event
        self.target = target
    }

    /// Detaches all of them, at the same time.
    ///
    /// Each waits until no CPU can be inside the program, some 50 ms; those that wait together
    /// wait once. A thread each is what the kernel asks for that.
    public static func detach(_ attachments: [Attachment]) {
        let group = DispatchGroup()
        for attachment in attachments {
            let thread = Thread { [group] in
                attachment.detach()
                group.leave()
            }
            group.enter()
            thread.stackSize = 128 * 1024
            thread.start()
        }
        group.wait()
    }

    private func detach() { link.withLock { $0 = nil } }

    /// Runs that the kernel skipped before the program was asked; nil where it does not say
    /// (before Linux 6.7): struct bpf_link_info.
    public func missed() -> UInt64? {
        link.withLock { $0.flatMap { LinkInfo(of: $0)?.missed } }
    }

    deinit {
        // The link goes first: an event that is given back has no program.
        detach()
        if case .shared(let event, let id, let events) = event { events.giveBack(event, of: id) }
    }
}
