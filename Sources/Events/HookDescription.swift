/// What the events of one hook have in common, encoded once.
public final class HookDescription: Sendable {
    /// The id that the hook's programs were loaded with.
    public let hook: UInt32
    /// The id of the hook's policy, for ``EventMetadata``.
    public let policyID: UInt32

    /// The kind of the hook's events.
    let kind: EventKind
    /// From behind the parent's object to the arguments, by target.
    let heads: [[UInt8]]
    /// Where in each head the function or the tracepoint's event is named, without quotes.
    let names: [Range<Int>]
    /// From behind the return value to the end of the event's object, by selector.
    let tails: [[UInt8]]
    /// By position: the label, and the brace that closes the argument's object.
    let argumentEnds: [[UInt8]]
    /// The same for the return value.
    let returnEnd: [UInt8]

    /// What a hook is on.
    public enum Targets: Sendable, Equatable {
        /// Functions as events name them, such as `__x64_sys_pipe2`.
        case functions([String])
        /// A tracepoint.
        case tracepoint(subsystem: String, event: String)

        /// What events call each of them.
        fileprivate var names: [String] {
            switch self {
            case .functions(let functions): functions
            case .tracepoint(_, let event): [event]
            }
        }
    }

    /// Describes a hook.
    ///
    /// - Parameters:
    ///   - hook: The id that its programs are loaded with.
    ///   - policyID: The id of its policy.
    ///   - policy: The name of its policy.
    ///   - targets: What it is on.
    ///   - argumentLabels: By position in the policy's argument list.
    ///   - reportsReturn: Whether the policy asks for the return value.
    ///   - returnLabel: The label of the return value.
    ///   - actions: What each of its selectors does, in their order.
    ///   - message: The policy's message.
    ///   - tags: The policy's tags.
    public init(
        hook: UInt32, policyID: UInt32 = 0, policy: String, targets: Targets,
        argumentLabels: [String?], reportsReturn: Bool, returnLabel: String? = nil,
        actions: [ReportedAction] = [.post], message: String? = nil, tags: [String] = []
    ) {
        self.hook = hook
        self.policyID = policyID
        (kind, heads) = Self.heads(of: targets)
        names = zip(heads, targets.names).map { head, name in
            // A head ends with the name and its quote.
            let end = head.count - 1
            return end - EscapedText(name).bytes.count..<end
        }
        var json = JSONWriter()
        json.append(",\"policy_name\":")
        json.append(quoted: policy)
        if reportsReturn { json.append(",\"return_action\":\"KPROBE_ACTION_POST\"") }
        if let message, !message.isEmpty {
            json.append(",\"message\":")
            json.append(quoted: message)
        }
        for (index, tag) in tags.enumerated() {
            json.append(index == 0 ? ",\"tags\":[" : ",")
            json.append(quoted: tag)
        }
        if !tags.isEmpty { json.append("]") }
        json.append("}")
        let common = json.array
        tails = actions.map { action in
            json.removeAll()
            json.append(",\"action\":")
            json.append(quoted: action.rawValue)
            json.append(common)
            return json.array
        }
        argumentEnds = argumentLabels.map(Self.end)
        returnEnd = Self.end(label: returnLabel)
    }

    private static func heads(of targets: Targets) -> (EventKind, [[UInt8]]) {
        var json = JSONWriter(capacity: 128)
        switch targets {
        case .functions(let functions):
            let heads = functions.map { function in
                json.removeAll()
                json.append(",\"function_name\":")
                json.append(quoted: function)
                return json.array
            }
            return (.processKprobe, heads)
        case .tracepoint(let subsystem, let event):
            json.append(",\"subsys\":")
            json.append(quoted: subsystem)
            json.append(",\"event\":")
            json.append(quoted: event)
            return (.processTracepoint, [json.array])
        }
    }

    private static func end(label: String?) -> [UInt8] {
        var json = JSONWriter(capacity: 64)
        if let label, !label.isEmpty {
            json.append(",\"label\":")
            json.append(quoted: label)
        }
        json.append("}")
        return json.array
    }
}
