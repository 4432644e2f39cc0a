import API
import Foundation
import HTTP
import Kernel
import Logging
import Policy
import Tracing

/// Why the service did not start, for a person to read.
struct StartFailure: Error {
    let description: String
}

/// The parts of the service, put together.
struct Service {
    let options: Serve
    private let kernel: KernelAccess
    private let logger = Logger(label: "martlet")

    /// Takes what full rights are needed for, and gives them up.
    ///
    /// Before anything starts a thread, which would keep them.
    init(options: Serve) throws {
        self.options = options
        do {
            kernel = try KernelAccess(measuresRuns: options.bpfStats)
            try TracingService.makeStateDirectory(options.stateDir)
            try kernel.giveUpPrivileges()
        } catch let error as Unserviceable {
            throw StartFailure(description: "this machine cannot run it.\n\(error)")
        } catch {
            throw StartFailure(description: "\(error)")
        }
    }

    /// Serves until a signal comes.
    func run() async throws {
        let address = try listenAddress()
        let access = try accessControl()
        raiseDescriptorLimit()
        tellMissingPrivileges()
        // Before anything is attached: a signal from here on ends the service in order.
        let signals = Signals()
        let tracing = try await startTracing()
        let daemon: Daemon
        do {
            daemon = try startDaemon(at: address, for: tracing, access: access)
            try await addFirstPolicies(to: tracing)
        } catch {
            await tracing.stop()
            throw error
        }
        await announce(daemon, tracing)
        let name = await signals.stop { access.reload() }
        logger.info("\(name): stopping")
        daemon.stop()
        await tracing.stop()
    }

    private func listenAddress() throws -> ListenAddress {
        do {
            let address = try ListenAddress(parsing: options.listen)
            guard address.isLoopback else {
                throw StartFailure(
                    description: "--listen \(options.listen) is not a loopback address. Events "
                        + "show the command lines of every process here, and there are no "
                        + "tokens yet; listen on 127.0.0.1 and forward the port over ssh: "
                        + "ssh -L 8080:127.0.0.1:8080 HOST")
            }
            return address
        } catch let error as ListenAddressError {
            throw StartFailure(description: "--listen \(options.listen): \(error)")
        }
    }

    private func accessControl() throws -> AccessControl {
        do {
            return try AccessControl(files: options.access.tokenFiles, logger: logger)
        } catch {
            throw StartFailure(description: "the tokens cannot be used: \(error)")
        }
    }

    /// Each subscriber and each BPF program is a descriptor.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            logger.warning("the limit of open files stays at its default")
        }
    }

    private func tellMissingPrivileges() {
        let names = kernel.privileges.filter { !$0.isAvailable }.map(\.name)
        guard !names.isEmpty else { return }
        let list = names.joined(separator: ", ")
        logger.info("without \(list); GET /v1/kernel says what that costs")
    }

    private func startTracing() async throws -> TracingService {
        do {
            return try await TracingService(
                options: .init(
                    stateDirectory: options.stateDir, logBytes: options.eventLogSize.bytes,
                    processes: options.processes.reporting()),
                access: kernel, logger: logger)
        } catch let error as KernelError {
            // What follows processes must load on every kernel, so this is for us to hear of.
            let log = (error.verifierLog ?? "").split(separator: "\n").suffix(20)
            throw StartFailure(
                description: ([Substring("\(error)")] + log).joined(separator: "\n"))
        } catch {
            throw StartFailure(description: "\(error)")
        }
    }

    private func startDaemon(
        at address: ListenAddress, for tracing: TracingService, access: AccessControl
    ) throws -> Daemon {
        let router = API.router(
            for: tracing, address: address, others: try options.access.crossOrigins(),
            access: access, audit: AuditLog(Logger(label: AuditLog.label)), logger: logger,
            subscribers: .init(
                total: options.maxSubscribers, perAddress: options.maxSubscribersPerAddress))
        let logger = logger
        do {
            return try Daemon(
                listen: address, limits: Limits(), responder: router,
                onMessage: { logger.debug("libmicrohttpd: \($0)") })
        } catch {
            throw StartFailure(description: "listening on \(address): \(error)")
        }
    }

    private func addFirstPolicies(to tracing: TracingService) async throws {
        guard await tracing.policies.statuses().isEmpty else {
            if !options.policy.isEmpty {
                logger.info("--policy is not used: \(options.stateDir) holds policies already")
            }
            return
        }
        for path in options.policy {
            guard let document = FileManager.default.contents(atPath: path) else {
                throw StartFailure(description: "--policy \(path): the file cannot be read")
            }
            do throws(PolicyRejection) {
                _ = try await tracing.policies.add([UInt8](document))
            } catch {
                throw StartFailure(description: "--policy \(path): \(error.summary)")
            }
        }
    }

    private func announce(_ daemon: Daemon, _ tracing: TracingService) async {
        let url = "http://\(daemon.address)"
        var lines = [
            "martlet \(Version.text) on Linux \(tracing.release)",
            "  viewer   \(url)/",
            "  events   curl -N \(url)/v1/events",
            "  upload   curl --data-binary @policy.yaml -H 'Content-Type: application/yaml' "
                + "\(url)/v1/policies",
        ]
        for policy in await tracing.policies.statuses() {
            let hooks = policy.hooks.map { "\($0.name) by \($0.reading.method.rawValue)" }
            lines.append(
                "  policy   \(policy.name): "
                    + (policy.error ?? hooks.joined(separator: ", ")))
        }
        // Not print: it would stay in a buffer where the output is a file.
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
