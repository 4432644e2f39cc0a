/// A process that was there before any record told of it, as the kernel lists it or /proc shows it.
public struct ScannedProcess: Sendable {
    /// The process; from /proc its start is rounded down to a clock tick.
    var task: ProcessTask
    /// An absolute path; a kernel thread's name.
    var binary: [UInt8] = []
    /// argv[0] onwards, each ended by a NUL.
    var arguments = RecordText(bytes: [], whole: 0)
    var directory: [UInt8] = []
    /// NAME=VALUE, each ended by a NUL.
    var environment = RecordText(bytes: [], whole: 0)
    /// The id of its container; empty outside of one.
    var container: [UInt8] = []
    /// How it was found, and what it lacks.
    var flags = ProcessFlags.procFS

    /// The process, in the initial pid namespace.
    public var pid: UInt32 { task.pid }
    /// Its parent; 0 for the first process and the first kernel thread.
    public var parent: UInt32 { task.parent }

    /// Whether it is kthreadd, the first thread of the kernel's own; it has no file.
    fileprivate var isFirstKernelThread: Bool {
        pid == 2 && parent == 0 && binary.first != UInt8(ascii: "/")
    }

    /// What it runs, as events show it.
    func image(_ reporting: ProcessReporting) -> ProcessImage {
        var image = ProcessImage(
            binary: binary, arguments: reporting.redacted(argumentLine(arguments.bytes)),
            directory: directory,
            environment: ProcessImage.variables(of: environment.bytes, reporting),
            container: container, flags: flags)
        if directory == [UInt8(ascii: "/")] { image.flags.insert(.rootcwd) }
        if arguments.isCut {
            image.flags.insert(.truncArgs)
            image.whole = .init(arguments: arguments.whole)
        }
        if environment.isCut {
            image.flags.insert(.errorEnvs)
            image.whole = image.whole ?? .init()
            image.whole?.environment = environment.whole
        }
        return image.bounded(argumentBytes: arguments.whole)
    }
}

extension [ScannedProcess] {
    /// The machine's own namespaces: those of kthreadd, where it can be seen.
    ///
    /// The first process may hide its own from everybody.
    var hostNamespaces: Namespaces? {
        (first(where: \.isFirstKernelThread) ?? first { $0.pid == 1 })?.task.namespaces
    }
}
