extension PolicyFormat {
    static let workload = ObjectSchema(
        "a filter by workload", as: "WorkloadFilter",
        "Which pods and containers a call may come from.",
        [
            Field(
                "podSelector", .object(labelSelector), "The labels of the pods.",
                example: "{matchLabels: {app: web}}"),
            Field(
                "containerSelector", .object(labelSelector),
                "The fields of the containers; name is the one they have.",
                example: "{matchLabels: {name: main}}"),
            Field(
                "hostSelector", .object(labelSelector), "With {}, the host's own processes.",
                example: "{}"),
        ])

    static let labelSelector = ObjectSchema(
        "a label selector", as: "LabelSelector", "Requirements that labels must all meet.",
        [
            Field(
                "matchLabels", .map(.text(0...63)), "Labels and the values that they must have.",
                example: "{app: web}", hint: "a label's value has at most 63 characters"),
            Field(
                "matchExpressions", .list(.object(requirement), count: 0...64),
                "Requirements on labels.",
                example: "[{key: app, operator: In, values: [web, api]}]"),
        ])

    private static let requirement = ObjectSchema(
        "a requirement", as: "LabelRequirement", "What a label must be.",
        [
            Field("key", .text(1...317), required: true, "The label's name.", example: "app"),
            Field(
                "operator", .choice(of: LabelSelector.Requirement.Operator.self), required: true,
                "How its value is compared.", example: "In"),
            Field(
                "values", .list(.text(0...63), count: 0...64),
                "Values, for In and NotIn; none for the others.", example: "[web, api]"),
        ])
}

extension LabelSelector.Requirement.Operator: NamedValue {
    var meaning: String {
        switch self {
        case .isIn: "it has one of the values"
        case .isNotIn: "it has none of the values, or is not there"
        case .exists: "it is there"
        case .doesNotExist: "it is not there"
        }
    }
}
