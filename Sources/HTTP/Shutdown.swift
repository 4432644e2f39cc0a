/// How far a daemon's stop has come, as one exchange or stream sees it.
///
/// It only ever grows.
enum Shutdown: Int, Comparable {
    /// The daemon serves.
    case none
    /// Responses that are being made are sent; streams end when they have nothing to send.
    case draining
    /// Nothing is waited for any longer.
    case immediate

    static func < (left: Shutdown, right: Shutdown) -> Bool { left.rawValue < right.rawValue }
}
