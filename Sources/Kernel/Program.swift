import CLibBPF
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A program in the kernel.
public final class Program: Sendable {
    /// The name of the function in the BPF object.
    public let name: String
    let descriptor: Descriptor

    init(name: String, descriptor: Descriptor) {
        self.name = name
        self.descriptor = descriptor
    }

    /// What the kernel says of a program: struct bpf_prog_info.
    public struct Info: Sendable, Equatable {
        /// The kernel's number of the program, as bpftool shows it.
        public var id: UInt32
        /// Bytes of BPF that were left after verification.
        public var translatedBytes: UInt32
        /// Instructions that the verifier walked.
        public var verifiedInstructions: UInt32
        /// How often it ran while run statistics were enabled.
        public var runCount: UInt64
        /// How long those runs took together.
        public var runTimeNanoseconds: UInt64
        /// Runs that the kernel skipped, because the program was running already.
        public var recursionMisses: UInt64
    }

    /// Asks the kernel: bpf_obj_get_info_by_fd.
    public func info() throws(KernelError) -> Info {
        var info = bpf_prog_info()
        var length = UInt32(MemoryLayout<bpf_prog_info>.size)
        let status = unsafe bpf_obj_get_info_by_fd(descriptor.number, &info, &length)
        guard status == 0 else { throw KernelError(.loadProgram(name), status: status) }
        return Info(
            id: info.id, translatedBytes: info.xlated_prog_len,
            verifiedInstructions: info.verified_insns, runCount: info.run_cnt,
            runTimeNanoseconds: info.run_time_ns, recursionMisses: info.recursion_misses)
    }

    /// Attaches to a tracepoint by its number in tracefs: perf_event_open(2), bpf_link_create.
    func attach(to id: UInt64, of events: TracepointEvents, named target: String)
        throws(KernelError) -> Attachment
    {
        let event = try events.take(id, for: .attach(program: name, to: target))
        let status = bpf_link_create(descriptor.number, event.number, BPF_PERF_EVENT, nil)
        guard status >= 0 else {
            let error = KernelError(.attach(program: name, to: target), status: status)
            events.giveBack(event, of: id)
            throw error
        }
        return Attachment(
            link: Descriptor(owning: status), event: event, id: id, events: events)
    }
}

/// Keeps a program attached.
///
/// Dropping it detaches: when that returns, the program runs no more.
public final class Attachment: Sendable {
    private let link: Mutex<Descriptor?>
    private let event: Descriptor
    private let id: UInt64
    private let events: TracepointEvents

    init(link: Descriptor, event: Descriptor, id: UInt64, events: TracepointEvents) {
        self.link = Mutex(link)
        self.event = event
        self.id = id
        self.events = events
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

    deinit {
        // The link goes first: an event that is given back has no program.
        detach()
        events.giveBack(event, of: id)
    }
}
