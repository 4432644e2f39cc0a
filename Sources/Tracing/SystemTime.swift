import Glibc

/// The machine's clocks, in nanoseconds.
public enum SystemTime {
    /// Since 1970: CLOCK_REALTIME.
    public static var realtime: UInt64 { UInt64(clamping: now(CLOCK_REALTIME)) }

    /// CLOCK_REALTIME minus CLOCK_BOOTTIME, by which the kernel stamps records.
    static var realtimeOffset: Int64 { now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME) }

    /// Since the machine started, for durations: CLOCK_MONOTONIC.
    static var monotonic: UInt64 { UInt64(clamping: now(CLOCK_MONOTONIC)) }

    private static func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
