import Testing

/// Everything that the event of a program's start, or of a process's end, must say, and nothing
/// else may.
struct ExpectedLife {
    var kind: Kind
    var process: ProcessFacts
    var parent: ProcessFacts
    /// From the grandparent to the first process of the machine; nil where nobody asked for them.
    var ancestors: [ProcessFacts]?
    /// When it happened, at the earliest.
    var since: Moment

    /// What happened.
    enum Kind {
        /// The members that only this event has.
        case exec(properties: JSON?, cgroup: JSON)
        case exit(signal: String? = nil, status: Int? = nil)

        var name: String {
            switch self {
            case .exec: "process_exec"
            case .exit: "process_exit"
            }
        }
    }

    /// Compares an event with this, field by field and both ways.
    func check(_ event: Event, sourceLocation: SourceLocation = #_sourceLocation) {
        var problems: [String] = []
        let reported = event.json[kind.name] ?? [:]
        let time = event.json["time"] ?? .null
        var process = (reported["process"] ?? [:]).expected(self.process, problems: &problems)
        var life: JSON = [
            "parent": (reported["parent"] ?? [:]).expected(parent, problems: &problems)
        ]
        switch kind {
        case .exec(let properties, let cgroup):
            process["binary_properties"] = properties
            process["cgroup"] = cgroup
            // It begins with this event.
            process["start_time"] = time
        case .exit(let signal, let status):
            life["signal"] = signal.map(JSON.string)
            life["status"] = status.map(JSON.number)
            life["time"] = time
        }
        life["process"] = process
        if let ancestors {
            life["ancestors"] = .array(
                ancestors.enumerated().map { index, facts in
                    (reported["ancestors"]?[index] ?? [:]).expected(facts, problems: &problems)
                })
        }
        if reported["process"]?["parent_exec_id"] != reported["parent"]?["exec_id"] {
            problems.append("parent_exec_id is not the parent's exec_id")
        }
        let moment = Moment.realtime(of: time.text ?? "") ?? 0
        let slack = Moment.clockSlack
        if !(since.realtime - slack...Moment.now.realtime + slack).contains(moment) {
            problems.append("time is \(time)")
        }
        if event.name != kind.name { problems.append("the event is a \(event.name)") }
        let expected: JSON = [
            kind.name: life, "node_name": .string(ServiceProcess.nodeName), "time": time,
        ]
        for difference in event.json.differences(from: expected, at: "") {
            Issue.record("\(difference)", sourceLocation: sourceLocation)
        }
        #expect(event.json == expected, sourceLocation: sourceLocation)
        #expect(problems.isEmpty, sourceLocation: sourceLocation)
    }
}

extension JSON {
    /// Where two values differ, with the path to each place.
    fileprivate func differences(from expected: JSON, at path: String) -> [String] {
        guard self != expected else { return [] }
        if let elements, let others = expected.elements, elements.count == others.count {
            return elements.indices.flatMap { index in
                elements[index].differences(from: others[index], at: "\(path)/\(index)")
            }
        }
        guard let members, let others = expected.members else {
            return ["\(path) is \(self), not \(expected)"]
        }
        return Set(members.keys).union(others.keys).sorted().flatMap { name -> [String] in
            switch (members[name], others[name]) {
            case (let one?, let other?):
                return one.differences(from: other, at: "\(path)/\(name)")
            case (let one?, nil): return ["\(path)/\(name) is there: \(one)"]
            case (nil, let other?): return ["\(path)/\(name) is missing: \(other)"]
            case (nil, nil): return []
            }
        }
    }
}
