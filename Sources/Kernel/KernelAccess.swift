import Glibc

/// What the kernel gives to those with full rights alone, taken while the process has them.
///
/// It goes on working after ``giveUpPrivileges()``.
public struct KernelAccess: Sendable {
    /// Where the kernel describes its tracepoints.
    public let tracefs: Tracefs
    /// What the process was started with, of that which the service has a use for.
    public let privileges: [Capability]
    /// Why the kernel does not count and time runs; nil where it can.
    let statisticsRefusal: KernelError?
    /// Keeps the kernel counting; nil where nobody asked for it, or it was refused.
    private let statistics: RunStatistics?
    private let perfEvents: PerfEventAccess

    /// Takes it.
    ///
    /// - Parameter measuresRuns: whether the kernel is to count and time the runs of programs, if it
    ///   lets this process ask for that.
    /// - Throws: ``Unserviceable`` where the machine, or this process, lacks what nothing works
    ///   without; a ``KernelError`` where something else failed.
    public init(measuresRuns: Bool = true) throws {
        var missing = Requirements.missing()
        var found: Tracefs?
        do throws(MissingRequirement) { found = try Tracefs() } catch { missing.append(error) }
        guard missing.isEmpty, let found else { throw Unserviceable(missing: missing) }
        tracefs = found

        let perfEvents = PerfEventAccess.here()
        let held = ThreadPrivileges.current
        self.perfEvents = perfEvents
        privileges = Privilege.allCases.map { privilege in
            let isHeld = held.has(privilege)
            return Capability(
                name: privilege.rawValue,
                reason: isHeld ? nil : "the service was started without it",
                costs: isHeld ? nil : privilege.costs(with: perfEvents))
        }
        (statistics, statisticsRefusal) = try Self.statistics(measuresRuns)
    }

    private static func statistics(_ measuresRuns: Bool) throws(KernelError) -> (
        RunStatistics?, KernelError?
    ) {
        do throws(KernelError) {
            let statistics = try RunStatistics()
            return (measuresRuns ? statistics : nil, nil)
        } catch {
            guard error.number == EPERM else { throw error }
            return (nil, error)
        }
    }

    /// Gives up all rights that the service has no use for from here on, for good.
    ///
    /// For the only thread of the process.
    public func giveUpPrivileges() throws(ConfinementError) {
        try Confinement.begin(keeping: Privilege.lasting(with: perfEvents))
    }
}
