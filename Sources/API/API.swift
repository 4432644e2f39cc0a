import Dispatch
public import HTTP
public import Logging
public import Tracing

/// The HTTP API over a tracing service.
public enum API {
    /// Makes the responder for a listener at `address`.
    ///
    /// - Parameters:
    ///   - service: what is served.
    ///   - address: where it listens; other names are refused.
    ///   - logger: takes what clients must not see.
    ///   - heartbeatSeconds: between two heartbeats of a stream.
    /// - Returns: the responder, which a daemon is given.
    public static func router(
        for service: TracingService, address: ListenAddress, logger: Logger,
        heartbeatSeconds: Int = 15
    ) -> Router {
        let heartbeat = Heartbeat(log: service.log, interval: heartbeatSeconds)
        let events = EventEndpoints(
            log: service.log, policies: service.policies, heartbeat: heartbeat)
        let routes =
            PolicyEndpoints(policies: service.policies).routes + events.routes
            + ProcessEndpoints(reader: service.reader).routes
            + KernelEndpoints(service: service).routes
            + StatusEndpoints(service: service).routes + AssetEndpoints().routes
        return Router(
            routes: routes, origins: OriginPolicy(address: address), logger: logger)
    }
}
