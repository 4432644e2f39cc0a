import ArgumentParser
import Kernel

/// `martlet version`.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the version and the kernel that it runs on.")

    static let text = "0.1.0"

    func run() {
        print("martlet \(Self.text), Linux \(Requirements.kernelRelease())")
    }
}
