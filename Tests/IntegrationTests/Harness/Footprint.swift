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

/// A program, a map or a link in the kernel, and the command that asks the syscaller for it.
struct KernelObject: Hashable, CustomStringConvertible {
    enum Kind: String, CaseIterable {
        case program, map, link

        /// What /proc calls it.
        fileprivate var targets: Set<String> {
            switch self {
            case .program: ["anon_inode:bpf-prog"]
            case .map: ["anon_inode:bpf-map"]
            case .link: ["anon_inode:bpf_link", "anon_inode:bpf-link"]
            }
        }

        /// What its id is called in /proc/PID/fdinfo; a link has its program's, too.
        fileprivate var field: String { self == .program ? "prog_id:" : "\(rawValue)_id:" }
    }

    let kind: Kind
    /// The kernel's number of it.
    let id: Int

    var description: String { "\(kind) \(id)" }

    /// Those that a process has descriptors of.
    static func held(by pid: Int) throws -> Set<KernelObject> {
        var objects: Set<KernelObject> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd") {
            // One that was closed meanwhile does not count.
            guard
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(pid)/fd/\(name)"),
                let kind = Kind.allCases.first(where: { $0.targets.contains(target) }),
                let info = try? String(
                    contentsOfFile: "/proc/\(pid)/fdinfo/\(name)", encoding: .utf8)
            else { continue }
            let line = info.split(separator: "\n").first { $0.hasPrefix(kind.field) }
            guard let id = line?.split(separator: "\t").last.flatMap({ Int($0) }) else {
                throw HarnessError("no \(kind.field) in: \(info)")
            }
            objects.insert(KernelObject(kind: kind, id: id))
        }
        return objects
    }
}
