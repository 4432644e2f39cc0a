import CWire
import Kernel

/// `struct wire_reader`.
extension SharedWords {
    /// Records of processes that found the ring full.
    var lostProcessRecords: UInt64 { word(\.lost) }

    /// Children of processes that a filter follows, who are not followed for want of room.
    var unfollowedProcesses: UInt64 { word(\.unfollowed) }

    /// A number that grows with each loss that a hook has counted.
    var hookLosses: UInt64 { word(\.hooks_lost) }

    private func word(_ field: PartialKeyPath<wire_reader>) -> UInt64 {
        let place = MemoryLayout<wire_reader>.offset(of: field) ?? 0
        return UInt64(self[place / MemoryLayout<UInt32>.stride])
    }
}
