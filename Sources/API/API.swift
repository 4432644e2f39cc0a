public import HTTP
public import Logging
public import Tracing

/// The HTTP API over a tracing service.
public enum API {
    /// Makes the responder for all listeners.
    ///
    /// - Parameters:
    ///   - service: what is served.
    ///   - addresses: where it listens; what has another name is refused.
    ///   - hostNames: more names that it has.
    ///   - logger: takes what clients must not see.
    ///   - subscribers: how many there may be.
    /// - Returns: the responder, which a daemon is given.
    public static func router(
        for service: TracingService, addresses: [ListenAddress], hostNames: [String] = [],
        logger: Logger, subscribers: Subscribers.Limits = Subscribers.Limits()
    ) -> Router {
        let subscribers = Subscribers(limits: subscribers)
        let events = EventEndpoints(
            log: service.log,
            heartbeat: Heartbeat(log: service.log) { await service.stageCounters() },
            subscribers: subscribers, policyID: { await service.policies.id(of: $0) })
        let routes =
            PolicyEndpoints(policies: service.policies).routes
            + PolicySetEndpoints(policies: service.policies).routes
            + VersionEndpoints(policies: service.policies).routes + events.routes
            + ProcessEndpoints(reader: service.reader).routes
            + KernelEndpoints(service: service).routes
            + StatusEndpoints(service: service, subscribers: subscribers).routes
            + AssetEndpoints().routes
        return Router(
            routes: routes, origins: OriginPolicy(addresses: addresses, hostNames: hostNames),
            logger: logger)
    }
}
