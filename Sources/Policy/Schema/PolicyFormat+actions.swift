extension PolicyFormat {
    static let actionLists = [
        Field(
            "matchActions", .list(.object(action), count: 0...3),
            "What to do when the filters match, in order; without any, Post.",
            example: "[{action: NoPost}]", hint: "a selector has at most 3 actions"),
        Field(
            "matchReturnActions", .list(.object(action), count: 0...3),
            "What to do when the call returns and the result matches; without any, Post.",
            example: "[{action: Post}]", hint: "a selector has at most 3 actions"),
    ]

    private static let action = ObjectSchema(
        "an action", as: "SelectorAction", "Something to do with a call.",
        [
            Field(
                "action", .choice(of: ActionName.self), required: true, "What to do.",
                example: "Post"),
            Field(
                "rateLimit", .text(1...20),
                "Post: the least time between two equal events, in s (or no unit), m or h.",
                example: "1m"),
            Field(
                "rateLimitScope", .choice(["thread", "process", "global"]),
                "Post: whose events rateLimit compares; thread without it.", example: "process"),
            .flag("kernelStackTrace", "Post: whether the event has the kernel's stack."),
            .flag("userStackTrace", "Post: whether the event has the program's stack."),
            .flag(
                "imaHash", "Post, for security hooks: whether the event has the file's IMA hash."),
            Field(
                "argError", .integer(-4095...0),
                "Override, NotifyEnforcer: the result in the call's place, a negative errno.",
                example: "-1", hint: "errors are negative: -1 is EPERM, -13 is EACCES"),
            Field(
                "argSig", .integer(0...64), "Signal, NotifyEnforcer: the signal, from 1 to 64.",
                example: "15"),
            Field(
                "argSock", .integer(0...4),
                "TrackSock, UntrackSock: the position of the socket in args; 0 without it.",
                example: "0"),
            Field("argUrl", .text(1...4096), "GetUrl: the URL.", example: "http://192.0.2.1/seen"),
            Field("argFqdn", .text(1...253), "DnsLookup: the name.", example: "seen.example.org"),
            Field(
                "argIndex", .integer(0...4), "Set: the position in args of what is written to.",
                example: "0"),
            Field("argValue", .integer(0...4_294_967_295), "Set: the number.", example: "1"),
            Field(
                "argRegs", .list(.text(3...128), count: 0...16),
                "Override of a uprobe: assignments to registers.", example: "[rax=0]"),
            Field(
                "argNewSymbol", symbol, "Override of a uprobe: the function to go on in.",
                example: "readline_fixed"),
            Field(
                "argNewAddr", .integer(0...Int.max),
                "Override of a uprobe: the address to go on at.", example: "0x401200"),
            Field(
                "argNewOffset", .integer(0...Int.max),
                "Override of a uprobe: the offset in the file to go on at.", example: "0x1200"),
        ])
}

/// What an action is called, and where it can be used.
enum ActionName: String, NamedValue {
    case post = "Post"
    case sigkill = "Sigkill"
    case override = "Override"
    case getURL = "GetUrl"
    case dnsLookup = "DnsLookup"
    case noPost = "NoPost"
    case signal = "Signal"
    case trackSock = "TrackSock"
    case untrackSock = "UntrackSock"
    case notifyEnforcer = "NotifyEnforcer"
    case cleanupEnforcerNotification = "CleanupEnforcerNotification"
    case set = "Set"

    /// The sections whose hooks can have it.
    var sections: Set<HookSection> {
        switch self {
        case .post, .noPost: Set(HookSection.allCases)
        case .sigkill, .signal: Set(HookSection.allCases).subtracting([.fentries])
        case .override: [.kprobes, .lsmhooks, .uprobes]
        case .getURL, .dnsLookup: [.kprobes, .fentries, .tracepoints]
        case .trackSock, .untrackSock: [.kprobes, .fentries]
        case .notifyEnforcer, .cleanupEnforcerNotification: [.kprobes, .tracepoints]
        case .set: [.usdts]
        }
    }

    /// The fields that it looks at.
    var fields: Set<String> {
        switch self {
        case .post:
            ["rateLimit", "rateLimitScope", "kernelStackTrace", "userStackTrace", "imaHash"]
        case .override: ["argError", "argRegs", "argNewSymbol", "argNewAddr", "argNewOffset"]
        case .getURL: ["argUrl"]
        case .dnsLookup: ["argFqdn"]
        case .signal: ["argSig"]
        case .trackSock, .untrackSock: ["argSock"]
        case .notifyEnforcer: ["argError", "argSig"]
        case .set: ["argIndex", "argValue"]
        case .sigkill, .noPost, .cleanupEnforcerNotification: []
        }
    }

    /// The field that it cannot do without.
    var required: String? {
        switch self {
        case .getURL: "argUrl"
        case .dnsLookup: "argFqdn"
        case .signal: "argSig"
        case .set: "argValue"
        default: nil
        }
    }

    var meaning: String {
        switch self {
        case .post: "report an event"
        case .sigkill: "kill the caller"
        case .override: "return argError in the call's place, or go on elsewhere"
        case .getURL: "fetch argUrl"
        case .dnsLookup: "look argFqdn up"
        case .noPost: "report nothing; other actions are done"
        case .signal: "send the caller argSig"
        case .trackSock: "events on the socket are those of this process from here on"
        case .untrackSock: "not any more"
        case .notifyEnforcer: "have the enforcer override the call's result, and send argSig"
        case .cleanupEnforcerNotification: "take that back"
        case .set: "write argValue to the memory of a static probe's argument"
        }
    }
}
