import Foundation

/// What a process holds of the machine.
struct Footprint: Equatable {
    /// Open descriptors, of which sockets are not counted: those of clients come and go.
    var descriptors = 0
    var programs = 0
    var maps = 0
    /// Links and perf events: a program is attached through one of each or either.
    var attachments = 0
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
            case "anon_inode:bpf_link", "anon_inode:bpf-link", "anon_inode:[perf_event]":
                attachments += 1
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
}
