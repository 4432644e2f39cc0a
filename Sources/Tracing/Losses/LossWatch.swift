/// Tells the subscribers of what is lost, once a second at most.
///
/// Reading what hooks have counted has the kernel skip their programs on that CPU for as long, so
/// it is done when there is a sign that something was lost; and now and then without one, for
/// what the kernel itself skips gives none.
final class LossWatch: Sendable {
    private let loop: Task<Void, Never>

    /// Seconds, or other periods, between two looks without a sign.
    static let patience = 15

    /// Starts watching.
    ///
    /// - Parameters:
    ///   - log: where subscribers are told.
    ///   - account: what they know already.
    ///   - period: between two looks at the sign.
    ///   - sign: a number that is another one when something was lost; cheap to have.
    ///   - counters: what the stages have counted.
    init(
        log: EventLog, account: LossAccount, period: Duration = .seconds(1),
        sign: @escaping @Sendable () -> UInt64,
        counters: @escaping @Sendable () async -> StageCounters
    ) {
        loop = Task {
            var account = account
            var known: UInt64 = 0
            var sinceLook = 0
            while (try? await Task.sleep(for: period)) != nil {
                sinceLook += 1
                let sign = sign()
                guard sign != known || sinceLook >= Self.patience else { continue }
                known = sign
                sinceLook = 0
                log.announce(account.news(await counters()))
            }
        }
    }

    /// Ends watching.
    func stop() { loop.cancel() }

    deinit { loop.cancel() }
}

extension EventLog {
    /// Tells the subscribers whom it may concern of losses.
    package func announce(_ losses: [(stage: StageCounters.Stage, lost: UInt64)]) {
        guard !losses.isEmpty else { return }
        for (stage, lost) in losses { append(Gap(reason: .lost(stage), lost: lost), of: stage) }
        notify()
    }
}
