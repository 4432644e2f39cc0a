import Digests
import HTTP
public import Logging
import Synchronization

/// Who may call what: tokens from files, and the sessions that they began.
public final class AccessControl: Sendable {
    private struct State {
        /// Nil where nobody needs one.
        var tokens: TokenSet?
        var sessions = Sessions()
        var refusals = RefusalRate()

        /// Who is known by this; nil where it is not good, or not any more.
        func caller(_ credential: Caller.Credential) -> Caller? {
            guard let tokens else { return .anyone }
            let token =
                switch credential {
                case .none: Token?.none
                case .token(let digest): tokens.token(digest)
                case .session(let digest):
                    sessions.token(digest, at: ContinuousClock.now).flatMap(tokens.token)
                }
            return token.map { Caller(name: $0.name, scope: $0.scope, credential: credential) }
        }
    }

    private let files: TokenFiles
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the tokens.
    ///
    /// - Throws: why they cannot be used, and what to do.
    public init(files: TokenFiles, logger: Logger) throws(TokenFileError) {
        self.files = files
        self.logger = logger
        state = Mutex(State(tokens: try files.tokens()))
    }

    /// Reads the tokens again.
    ///
    /// Sessions of tokens that are gone end. Where a file is bad, all stays as it was, and the log
    /// says why.
    public func reload() {
        do throws(TokenFileError) {
            guard let tokens = try files.tokens() else {
                logger.info("there are no token files to read again")
                return
            }
            let ended = state.withLock { state in
                let before = state.sessions.count
                state.tokens = tokens
                state.sessions.keep { tokens.token($0) != nil }
                return before - state.sessions.count
            }
            let counts = "\(tokens.count(.admin)) for admin, \(tokens.count(.read)) to read"
            logger.notice("tokens read again: \(counts); sessions ended: \(ended)")
        } catch {
            logger.error("the tokens stay as they were: \(error)")
        }
    }

    /// Lets a request through to what asks for this scope, or says why not.
    func admit(_ head: RequestHead, to scope: Scope) throws(Problem) -> Caller {
        switch identity(of: head) {
        case .caller(let caller):
            if caller.isKnownByCookie, !head.isSafe, !head.isKnownFromOwnPage {
                throw .cookieAlone
            }
            guard caller.scope >= scope else { throw .insufficientScope(scope, caller) }
            return caller
        case .stranger(let reason):
            guard scope > .open else { return .nobody }
            if reason == .wrongToken { logWrongToken(head) }
            throw .unauthorized(reason, scope)
        }
    }

    /// Who sends a request; nil where that is not known.
    func caller(of head: RequestHead) -> Caller? {
        if case .caller(let caller) = identity(of: head) { caller } else { nil }
    }

    private enum Identity {
        case caller(Caller)
        case stranger(Unknown)
    }

    private func identity(of head: RequestHead) -> Identity {
        guard !head.needsNoToken else { return .caller(.anyone) }
        let credential = head.credential
        if let caller = state.withLock({ $0.caller(credential) }) { return .caller(caller) }
        switch credential {
        case .none: return .stranger(.noToken)
        case .token: return .stranger(.wrongToken)
        case .session: return .stranger(.endedSession)
        }
    }

    /// Whether somebody who was let in still would be: for answers that go on for long.
    ///
    /// A token may be withdrawn, and a session end.
    func isStillGood(_ caller: Caller) -> Bool {
        guard caller.credential != .none else { return true }
        return state.withLock { $0.caller(caller.credential) != nil }
    }

    private func logWrongToken(_ head: RequestHead) {
        let before = state.withLock { $0.refusals.admit(at: ContinuousClock.now) }
        guard let before else { return }
        let others = before == 0 ? "" : " (\(before) more since the last such line)"
        let call = "\(LogText(head.method)) \(LogText(head.path))"
        logger.warning("wrong token from \(head.peer): \(call)\(others)")
    }

    // MARK: - Sessions

    /// Begins a session for the token that a request has.
    ///
    /// - Returns: whose it is, and the field that sets its cookie.
    func beginSession(_ head: RequestHead) throws(Problem) -> (Caller, cookie: String) {
        let session = state.withLock { state -> Result<(Caller, String), Problem> in
            guard state.tokens != nil else { return .failure(.noTokens) }
            guard case .token(let token) = head.credential,
                var caller = state.caller(.token(token))
            else { return .failure(.unauthorized(.noToken, .read)) }
            let secret = state.sessions.begin(token, at: ContinuousClock.now)
            caller.credential = .session(SHA256Digest(of: secret))
            return .success((caller, secret))
        }
        let (caller, secret) = try session.get()
        let seconds = Int(Sessions.lifetime.components.seconds)
        return (caller, Self.cookie(secret, seconds: seconds, for: head))
    }

    /// Ends the session that a request has; the field that takes its cookie away.
    func endSession(_ head: RequestHead) -> String {
        if let secret = head.sessionSecret {
            state.withLock { $0.sessions.end(SHA256Digest(of: String(secret))) }
        }
        return Self.cookie("", seconds: 0, for: head)
    }

    private static func cookie(_ secret: String, seconds: Int, for head: RequestHead) -> String {
        "\(Sessions.cookie)=\(secret); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
            + (head.isTLS ? "; Secure" : "")
    }
}
