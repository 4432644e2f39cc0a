import Events
import Kernel
import Logging

/// Where the reader learns who runs, when no record has told of it.
///
/// The kernel lists them in a moment, without the rights that /proc wants for the files of others.
/// One by one they are looked up in /proc, and there too whom it leaves out: some kernels do not
/// show their first process.
struct RunningProcesses: Sendable {
    let iterator: BPFIterator
    let scan: ProcScan
    let logger: Logger

    /// Everyone, in no order.
    func all() -> [ScannedProcess] {
        let listed = listed()
        return listed + scan.processes(besides: Set(listed.map(\.pid)))
    }

    private func listed() -> [ScannedProcess] {
        do {
            var listing = ProcessListing()
            var refusal: RecordError?
            try iterator.run { piece in
                do throws(RecordError) { try listing.take(piece) } catch { refusal = error }
            }
            if let refusal { throw refusal }
            return listing.processes
        } catch {
            logger.warning("the kernel does not list its processes, so /proc is read: \(error)")
            return []
        }
    }
}
