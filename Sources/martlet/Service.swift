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
    private let access: AccessControl
    private let listening: Listening
    private let logger = Logger(label: "martlet")

    /// Takes what full rights are needed for, and gives them up.
    ///
    /// Before anything starts a thread, which would keep them.
    init(options: Serve) throws {
        self.options = options
        do {
            kernel = try KernelAccess(measuresRuns: options.bpfStats)
            access = try AccessControl(files: options.access.tokenFiles, logger: logger)
            listening = try Listening(
                options.listening, hasAdminTokens: options.access.tokenFiles.admin != nil)
            try TracingService.makeStateDirectory(options.stateDir)
            try kernel.giveUpPrivileges()
        } catch let error as Unserviceable {
            throw StartFailure(description: "this machine cannot run it.\n\(error)")
        } catch let error as TokenFileError {
            throw StartFailure(description: "the tokens cannot be used: \(error)")
        } catch let failure as StartFailure {
            throw failure
        } catch {
            throw StartFailure(description: "\(error)")
        }
    }

    /// Serves until a signal comes.
    func run() async throws {
        raiseDescriptorLimit()
        tellMissingPrivileges()
        certificate?.tellConcern()
        // Before anything is attached: a signal from here on ends the service in order.
        let signals = Signals()
        let tracing = try await startTracing()
        let daemon: Daemon
        do {
            daemon = try startDaemon(for: tracing)
            try await addFirstPolicies(to: tracing)
        } catch {
            await tracing.stop()
            throw error
        }
        await announce(daemon, isTLS: listening.tls != nil, tracing)
        let name = await signals.stop {
            access.reload()
            certificate?.reload()
        }
        logger.info("\(name): stopping")
        daemon.stop()
        await tracing.stop()
    }

    private var certificate: Certificate? {
        listening.tls.map { Certificate(files: $0, logger: logger) }
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
                    processes: options.processes.reporting(),
                    modeLimit: options.monitorOnly ? .monitor : .enforce),
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

    private func startDaemon(for tracing: TracingService) throws -> Daemon {
        let router = API.router(
            for: tracing, addresses: listening.sockets.map(\.address),
            hostNames: listening.hostNames, others: try options.access.crossOrigins(),
            access: access, audit: AuditLog(Logger(label: AuditLog.label)), logger: logger,
            subscribers: .init(
                total: options.maxSubscribers, perAddress: options.maxSubscribersPerAddress),
            tls: listening.tls)
        let logger = logger
        do {
            return try Daemon(
                sockets: listening.sockets, tls: listening.tls, responder: router,
                onMessage: { logger.debug("libmicrohttpd: \($0)") })
        } catch {
            throw StartFailure(description: "\(error)")
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

    private func announce(_ daemon: Daemon, isTLS: Bool, _ tracing: TracingService) async {
        var lines = ["martlet \(Version.text) on Linux \(tracing.release)"]
        lines += Announcement(addresses: daemon.addresses, isTLS: isTLS).lines
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
