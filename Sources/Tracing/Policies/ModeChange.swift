public import Policy

/// What a client wants a policy's mode to be.
public enum ModeChange: Sendable, Equatable {
    /// This one.
    case to(PolicyMode)
    /// What the document says, which is `enforce` where it says nothing.
    case back
}
