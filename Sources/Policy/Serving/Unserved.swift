/// What the format has and this version of the service does not serve.
///
/// To serve more, remove it here. `Serving` reports what is left, and the schema, the documentation
/// and `martlet explain` say it.
enum Unserved {
    /// Fields by their object's component in the schema; whatever their values, unless they are the
    /// standard ones.
    static let fields: [String: Set<String>] = [
        "PolicySpec": [
            "uprobes", "usdts", "lsmhooks", "loader", "enforcers", "podSelector",
            "containerSelector", "hostSelector", "nodeSelector", "selectorsMacros",
        ],
        "KernelHook": ["data", "returnArgAction"],
        "HookArgument": structures,
        "ReturnArgument": structures,
        "TracepointArgument": structures.union(["size", "sizeArgIndex"]),
        "HookSelector": [
            "macros", "matchBinaries", "matchParentBinaries", "matchNamespaces",
            "matchNamespaceChanges", "matchCapabilities", "matchCapabilityChanges",
            "matchWorkloads", "matchArgs", "matchData", "matchReturnArgs", "matchReturnActions",
        ],
        "SelectorAction": [
            "rateLimit", "rateLimitScope", "kernelStackTrace", "userStackTrace", "imaHash",
        ],
        "PIDFilter": ["isNamespacePID"],
    ]

    private static let structures: Set = ["resolve", "btfType", "btfTypeModule", "maxData"]

    /// Words by their field.
    static let words: [String: [String: Set<String>]] = [
        "TracingPolicy": ["kind": ["TracingPolicyNamespaced"]],
        "HookArgument": ["type": spellings(types)],
        "ReturnArgument": ["type": spellings(types)],
        "HookData": ["type": spellings(types)],
        "TracepointArgument": ["type": spellings(types.union([.int32Array]))],
        "SelectorAction": ["action": Set(actions.map(\.rawValue))],
    ]

    /// How to read a value.
    static let types: Set<ArgumentType> = [
        .filename, .characterBuffer, .characterVector, .ioVectorIterator, .descriptor, .file,
        .path, .dentry, .kiocb, .binaryProgram, .packet, .sock, .socket, .socketAddress,
        .unixAddress, .networkDevice, .credentials, .userNamespace, .capability, .capabilitySet,
        .inheritableCapabilities, .permittedCapabilities, .effectiveCapabilities, .bpfAttributes,
        .bpfProgram, .bpfMap, .bpfCommand, .perfEvent, .loadInfo, .module, .systemCallNumber,
    ]

    /// What to do with a call.
    private static let actions: Set<ActionName> = [
        .override, .getURL, .dnsLookup, .trackSock, .untrackSock, .notifyEnforcer,
        .cleanupEnforcerNotification, .set,
    ]

    private static func spellings(_ types: Set<ArgumentType>) -> Set<String> {
        Set(types.flatMap(\.spellings))
    }

    /// Whether the service does nothing yet about a field of an object.
    static func hasField(_ field: String, of schema: ObjectSchema) -> Bool {
        fields[schema.component]?.contains(field) ?? false
    }

    /// Whether the service does nothing yet about a word that a field takes.
    static func hasWord(_ word: String, in field: String, of schema: ObjectSchema) -> Bool {
        words[schema.component]?[field]?.contains(word) ?? false
    }
}

extension ArgumentType {
    /// Whether this version of the service reads values of the type, of calls or of tracepoints.
    public var isServed: Bool { !Unserved.types.contains(self) }
}
