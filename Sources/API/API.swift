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
    ///   - others: pages of other sites that may call it.
    ///   - access: who may call what.
    ///   - audit: takes a line of each change.
    ///   - logger: takes what clients must not see.
    ///   - subscribers: how many there may be.
    ///   - tls: the certificate of its listeners, where they have one.
    /// - Returns: the responder, which a daemon is given.
    public static func router(
        for service: TracingService, addresses: [ListenAddress], hostNames: [String] = [],
        others: CrossOrigins = .none, access: AccessControl, audit: AuditLog, logger: Logger,
        subscribers: Subscribers.Limits = Subscribers.Limits(), tls: TLSFiles? = nil
    ) -> Router {
        let subscribers = Subscribers(limits: subscribers)
        let events = EventEndpoints(
            log: service.log,
            heartbeat: Heartbeat(log: service.log) { await service.stageCounters() },
            subscribers: subscribers, access: access,
            policyID: { await service.policies.id(of: $0) })
        let routes =
            PolicyEndpoints(policies: service.policies).routes
            + PolicySetEndpoints(policies: service.policies).routes
            + VersionEndpoints(policies: service.policies).routes + events.routes
            + ProcessEndpoints(reader: service.reader).routes
            + KernelEndpoints(service: service).routes + SessionEndpoints(access: access).routes
            + StatusEndpoints(
                service: service, subscribers: subscribers, access: access, tls: tls
            ).routes
            + AssetEndpoints().routes
        let origins = OriginPolicy(addresses: addresses, hostNames: hostNames, others: others)
        return Router(
            routes: routes,
            guards: Router.Guards(origins: origins, others: others, access: access, audit: audit),
            logger: logger)
    }
}
