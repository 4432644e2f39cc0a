import Kernel
import Lowering
import Policy

extension HookPlan {
    /// Tries the ways to serve the hook, the best first, until one works.
    ///
    /// `serve` is given the way, and the better ones that did not work.
    func serveByBestMethod<Served>(
        _ serve: (Attempt, [RefusedMethod]) throws(KernelError) -> Served
    ) throws(HookRefused) -> Served {
        var refused = refused
        for (number, attempt) in attempts.enumerated() {
            do throws(KernelError) {
                return try serve(attempt, refused)
            } catch {
                guard number + 1 < attempts.count else {
                    throw HookRefused(plan: self, error: error, refused: refused)
                }
                refused.append(RefusedMethod(method: attempt.method, reason: error.refusal))
            }
        }
        preconditionFailure("a plan has at least one attempt")
    }

    /// The targets, by what one program can serve: a trampoline belongs to one function, and so
    /// does its program.
    func targetGroups(of method: AttachMethod) -> [Range<Int>] {
        let targets = subject.names.indices
        return method == .fentry ? targets.map { $0..<$0 + 1 } : [targets]
    }
}

extension KernelError {
    /// Why a method was given up for a worse one, in a sentence.
    fileprivate var refusal: String {
        // The verifier's last words say more than its errno.
        let verdict = verifierLog?.split(separator: "\n").last { !$0.hasPrefix("processed ") }
        return verdict.map { "\(self) (\($0))" } ?? "\(self)"
    }
}
