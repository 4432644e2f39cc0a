import Kernel

extension Sequence {
    /// Does something to every element, those behind a failure too; throws the first failure.
    func forEveryOne(_ act: (Element) throws(KernelError) -> Void) throws(KernelError) {
        var first: KernelError?
        for element in self {
            do throws(KernelError) { try act(element) } catch { first = first ?? error }
        }
        if let first { throw first }
    }
}
