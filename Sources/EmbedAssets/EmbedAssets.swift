import Foundation
import PackagePlugin

/// Compiles the BPF programs and writes every asset of the service as Swift source.
@main
struct EmbedAssets: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        let script = root.appending(path: "bpf/embed.sh")
        let output = context.pluginWorkDirectoryURL.appending(path: "Assets.swift")
        let folders = ["bpf/include", "bpf/lib", "bpf/programs", "public", "openapi"]
        return [
            .buildCommand(
                displayName: "Compiling BPF programs and embedding assets",
                executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, root.path, output.path],
                inputFiles: [script] + folders.flatMap { files(in: root.appending(path: $0)) },
                outputFiles: [output])
        ]
    }

    /// Every file below `folder`, hidden ones left out.
    private func files(in folder: URL) -> [URL] {
        let found = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.isRegularFileKey],
            options: [.skipsHiddenFiles])
        return (found?.allObjects as? [URL] ?? [])
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
            .sorted { $0.path < $1.path }
    }
}
