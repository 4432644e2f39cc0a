/// Turns the kernel's CLOCK_BOOTTIME into RFC 3339 text in UTC.
///
/// Neighbouring events mostly share their second, so its text is kept.
struct WallClock: Sendable {
    /// CLOCK_REALTIME minus CLOCK_BOOTTIME, in nanoseconds.
    var offset: Int64
    private var second = UInt64.max
    private var text: [UInt8] = []

    init(offset: Int64) { self.offset = offset }

    /// The same moment in nanoseconds since 1970.
    func realtime(_ bootTime: UInt64) -> UInt64 { bootTime &+ UInt64(bitPattern: offset) }

    /// Appends `2026-11-23T09:02:58.588627690Z`, without quotes.
    mutating func append(_ bootTime: UInt64, to json: inout JSONWriter) {
        let (second, nanosecond) = realtime(bootTime)
            .quotientAndRemainder(dividingBy: 1_000_000_000)
        if second != self.second {
            self.second = second
            text = dateText(second)
        }
        json.append(text)
        json.append(UInt32(truncatingIfNeeded: nanosecond), width: 9)
        json.append("Z")
    }
}

/// A second since 1970 as `2026-11-23T09:02:58.`; 64 bits of nanoseconds end in 2554.
private func dateText(_ second: UInt64) -> [UInt8] {
    let (days, time) = Int64(clamping: second).quotientAndRemainder(dividingBy: 86_400)
    let date = civilDate(days: days)
    var text = JSONWriter(capacity: 64)
    text.append(UInt32(clamping: date.year), width: 4)
    text.append("-")
    text.append(UInt32(clamping: date.month), width: 2)
    text.append("-")
    text.append(UInt32(clamping: date.day), width: 2)
    text.append("T")
    text.append(UInt32(clamping: time / 3600), width: 2)
    text.append(":")
    text.append(UInt32(clamping: time / 60 % 60), width: 2)
    text.append(":")
    text.append(UInt32(clamping: time % 60), width: 2)
    text.append(".")
    return text.array
}

/// The Gregorian date of a day since 1970-01-01.
///
/// Years are counted from March, so that the leap day is the last of its year:
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
private func civilDate(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
}
