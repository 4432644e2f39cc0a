import Lowering
import Policy

extension PolicyRegistry {
    /// Puts policies, or other versions of them, in the place of what has their names: all or none.
    ///
    /// - Parameter documents: of different policies.
    /// - Returns: the statuses, in the order of the documents.
    /// - Throws: ``PolicyRejection/set(_:)`` with every document that is not accepted, or what kept
    ///   the set from being stored.
    public func replace(_ documents: [[UInt8]]) throws(PolicyRejection) -> [PolicyStatus] {
        let plans = try plans(documents)
        let changes = plans.indices.filter { index in
            let known = policies[plans[index].plan.policy]
            guard case .installed = known?.installation else { return true }
            return known?.document != documents[index]
        }
        var versions: [PreparedVersion] = []
        do throws(PolicyRejection) {
            for index in changes {
                let (plan, warnings) = plans[index]
                do throws(PolicyRejection) {
                    versions.append(try prepare(plan, documents[index], warnings))
                } catch {
                    throw .set([(index, error)])
                }
            }
            try store(versions)
        } catch {
            for version in versions.reversed() { discard(version) }
            throw error
        }
        for version in versions { commit(version) }
        return plans.compactMap { policies[$0.plan.policy]?.status(logger) }
    }

    private func plans(_ documents: [[UInt8]]) throws(PolicyRejection) -> [(
        plan: KernelPlan, warnings: [Diagnostic]
    )] {
        var plans: [(plan: KernelPlan, warnings: [Diagnostic])] = []
        var rejections: [(document: Int, rejection: PolicyRejection)] = []
        for (index, document) in documents.enumerated() {
            do throws(PolicyRejection) {
                let (plan, warnings) = try plan(document)
                guard !plans.contains(where: { $0.plan.policy == plan.policy }) else {
                    throw .nameTaken(plan.policy)
                }
                plans.append((plan, warnings))
            } catch {
                rejections.append((index, error))
            }
        }
        guard rejections.isEmpty else { throw .set(rejections) }
        return plans
    }

    private func store(_ versions: [PreparedVersion]) throws(PolicyRejection) {
        guard !versions.isEmpty else { return }
        for version in versions where version.predecessor == nil {
            try forgetSettings(of: version.name)
        }
        do throws(PolicyStore.Failure) {
            try store.save(versions.map { ($0.name, $0.document) })
        } catch {
            throw .notStored("\(error)")
        }
    }
}
