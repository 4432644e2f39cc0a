import ArgumentParser

/// A size on the command line: `16777216`, `512KiB`, `16MiB`, `1GiB`.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    private static let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)]
    /// More would not be a log but a disk.
    private static let largest = 64 << 30

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        for (unit, size) in Self.units where argument.hasSuffix(unit) {
            guard let count = Int(argument.dropLast(unit.count)), count > 0,
                count <= Self.largest / size
            else { return nil }
            bytes = count * size
            return
        }
        return nil
    }

    var description: String {
        // The last unit is one byte, which divides everything.
        for (unit, size) in Self.units where bytes % size == 0 { return "\(bytes / size)\(unit)" }
        return "\(bytes)"
    }

    var defaultValueDescription: String { description }
}
