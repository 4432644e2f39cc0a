/// The comma between the members of an object or an array.
struct Separator {
    private var isDue = false

    /// Appends one, but not the first time.
    mutating func append(to json: inout JSONWriter) {
        if isDue { json.append(",") }
        isDue = true
    }
}
