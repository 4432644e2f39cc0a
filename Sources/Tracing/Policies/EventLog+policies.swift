import Events

extension EventLog {
    /// Tells the subscribers what has become of a policy.
    func announce(_ policy: KnownPolicy) {
        announce(policy: policy.name, id: policy.id, state: policy.state.rawValue)
    }

    /// Tells the subscribers that a policy is gone.
    func announceDeleted(_ policy: KnownPolicy) {
        announce(policy: policy.name, id: policy.id, state: "deleted")
    }

    private func announce(policy name: String, id: UInt32, state: String) {
        var json = JSONWriter(capacity: 256)
        json.append("{\"policy\":{\"name\":")
        json.append(quoted: name)
        json.append(",\"state\":")
        json.append(quoted: state)
        json.append("},\"time\":")
        json.append(quotedTime: SystemTime.realtime)
        json.append("}")
        _ = json.withBytes { line in append(line, kind: .policy, policy: id, pid: 0) }
        notify()
    }
}
