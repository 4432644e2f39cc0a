import Foundation

/// What a process holds of the machine.
struct Footprint: Equatable {
    /// Open descriptors, of which sockets are not counted: those of clients come and go.
    var descriptors = 0
    var programs = 0
    var maps = 0
    /// Links, each of which attaches a program.
    var attachments = 0
    /// Perf events, which links attach to; the service closes those without a link a little later.
    var events = 0
    /// Resident memory in bytes.
    var resident = 0

    init(of pid: Int) throws {
        let folder = "/proc/\(pid)/fd"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let path = "\(folder)/\(name)"
            // One that was closed meanwhile does not count.
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path),
                !target.hasPrefix("socket:")
            else { continue }
            descriptors += 1
            switch target {
            case "anon_inode:bpf-prog": programs += 1
            case "anon_inode:bpf-map": maps += 1
            case "anon_inode:bpf_link", "anon_inode:bpf-link": attachments += 1
            case "anon_inode:[perf_event]": events += 1
            default: break
            }
        }
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let kilobytes = line?.split(separator: " ").compactMap({ Int($0) }).first else {
            throw HarnessError("/proc/\(pid)/status has no VmRSS")
        }
        resident = kilobytes * 1024
    }

    /// Waits until the service has closed the perf events of policies that are gone.
    static func settled(of pid: Int) async throws -> Footprint {
        try await blocking {
            let deadline = ContinuousClock.now + Deadline.usual
            while true {
                let footprint = try Footprint(of: pid)
                if footprint.events == 0 { return footprint }
                guard ContinuousClock.now < deadline else {
                    throw HarnessError("\(footprint.events) perf events are still open")
                }
            }
        }
    }
}
