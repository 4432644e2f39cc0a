import Events

extension EventLog {
    /// Tells the subscribers what has become of a policy.
    func announce(_ policy: KnownPolicy) {
        announce(policy: policy.name, id: policy.id, state: policy.state.rawValue, policy.mode)
    }

    /// Tells the subscribers that a policy is gone.
    func announceDeleted(_ policy: KnownPolicy) {
        announce(policy: policy.name, id: policy.id, state: "deleted")
    }

    private func announce(
        policy name: String, id: UInt32, state: String, _ mode: PolicyStatus.Mode? = nil
    ) {
        var json = JSONWriter(capacity: 256)
        json.append("{\"policy\":{\"name\":")
        json.append(quoted: name)
        json.append(",\"state\":")
        json.append(quoted: state)
        if let mode {
            json.append(",\"mode\":")
            json.append(quoted: mode.rawValue)
        }
        json.append("},\"time\":")
        let time = SystemTime.realtime
        json.append(quotedTime: time)
        json.append("}")
        let facets = Facets(kind: .policy, policy: id, time: time)
        _ = json.withBytes { line in append(line, facets) }
        notify()
    }
}
