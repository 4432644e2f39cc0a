import Lowering
import Policy

/// A mode that somebody has given a policy apart from its document.
///
/// The last word counts: it stays, through restarts and new versions, until it is taken back or a
/// newer document says itself what the mode is.
struct ModeOverride: Sendable, Equatable {
    let mode: PolicyMode
    /// The version that the policy had at the time.
    let version: Int

    /// Whether a document that is this version of the policy has a newer word.
    func isVoid(for plan: KernelPlan, version: Int) -> Bool {
        plan.mode != nil && self.version < version
    }

    /// Newer than any that a policy has.
    private static let unknown = Int.max
    /// Whether what was stored could not be read.
    var isDamaged: Bool { version == Self.unknown }

    /// As it is stored: `monitor 3`.
    var text: String { "\(mode.rawValue) \(version)\n" }

    init(_ mode: PolicyMode, version: Int) {
        self.mode = mode
        self.version = version
    }

    /// What a stored text means; a damaged one, that nothing is to be enforced.
    init(text: String) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let mode = PolicyMode(rawValue: String(words[0])),
            let version = Int(words[1])
        else {
            self.init(.monitor, version: Self.unknown)
            return
        }
        self.init(mode, version: version)
    }
}
