extension JSONWriter {
    /// Appends a moment as quoted RFC 3339 text in UTC, with nanoseconds.
    ///
    /// - Parameter time: nanoseconds since 1970, CLOCK_REALTIME.
    public mutating func append(quotedTime time: UInt64) {
        var clock = WallClock(offset: 0)
        append("\"")
        clock.append(time, to: &self)
        append("\"")
    }
}
