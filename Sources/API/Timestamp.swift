/// A moment as RFC 3339 writes it, such as `2026-11-23T09:02:58.5Z` or `2026-11-23T10:02:58+01:00`.
struct Timestamp: Sendable, Equatable {
    /// Nanoseconds since 1970; what was before is 0.
    let nanoseconds: UInt64

    /// Reads a moment; nil where the text is none, or is after the year 2554.
    ///
    /// A space in the place of the offset's sign is taken for the `+` that a query must encode.
    init?(_ text: String) {
        let pattern =
            /(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([-+ ])(\d\d):(\d\d))/
            .asciiOnlyDigits()
        guard let match = text.wholeMatch(of: pattern)?.output,
            let year = Int64(match.1), let month = Int64(match.2), let day = Int64(match.3),
            let hour = Int64(match.4), let minute = Int64(match.5), let second = Int64(match.6),
            (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day),
            // 60 is a leap second, which clocks count twice.
            hour < 24, minute < 60, second <= 60,
            let offset = Self.offset(sign: match.8, hours: match.9, minutes: match.10)
        else { return nil }
        let seconds =
            Self.day(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        guard let whole = UInt64(exactly: max(seconds, 0)) else { return nil }
        let fraction = seconds < 0 ? 0 : Self.nanoseconds(fraction: match.7 ?? "")
        let (product, isTooLarge) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = product.addingReportingOverflow(fraction)
        guard !isTooLarge, !overflows else { return nil }
        nanoseconds = sum
    }

    /// Seconds east of UTC; nil where there is no such offset.
    private static func offset(sign: Substring?, hours: Substring?, minutes: Substring?) -> Int64? {
        guard let sign, let hours, let minutes else { return 0 }
        guard let hours = Int64(hours), let minutes = Int64(minutes), hours < 24, minutes < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func nanoseconds(fraction digits: Substring) -> UInt64 {
        UInt64(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
    }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month) - 1]
    }

    /// Days since 1970-01-01.
    ///
    /// Years are counted from March, so that the leap day is the last of its year:
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
