// Texts of a program as the kernel holds them, brought into the form that events show.
// They are bytes, not strings: nobody promised UTF-8.

private let slash = UInt8(ascii: "/")

/// The path of a directory from its names, innermost first: "c\0b\0a\0" is /a/b/c.
func directoryPath(innermostFirst names: [UInt8]) -> [UInt8] {
    var path: [UInt8] = []
    for name in names.split(separator: 0).reversed() {
        path.append(slash)
        path += name
    }
    return path.isEmpty ? [slash] : path
}

/// An absolute path of a program; a relative one is joined with `directory` and cleaned.
///
/// Where the directory is not known (empty), a relative path stays as it is.
/// `..` is resolved by name, as every tool that reads these events expects; where
/// the relative part leads through a symbolic link, the file is another one.
func programPath(_ filename: [UInt8], in directory: [UInt8]) -> [UInt8] {
    guard let first = filename.first, first != slash, !directory.isEmpty else { return filename }
    var names: [ArraySlice<UInt8>] = []
    for name in directory.split(separator: slash) + filename.split(separator: slash) {
        switch name {
        case [UInt8(ascii: ".")]: continue
        case [UInt8(ascii: "."), UInt8(ascii: ".")]: _ = names.popLast()
        default: names.append(name)
        }
    }
    return names.isEmpty ? [slash] : names.flatMap { [slash] + $0 }
}

/// The arguments behind argv[0], joined by spaces; one that has a space stands in quotes.
func argumentLine(_ argv: [UInt8]) -> [UInt8] {
    var vector = argv[...]
    if vector.last == 0 { vector.removeLast() }
    var line: [UInt8] = []
    for (index, argument) in vector.split(separator: 0, omittingEmptySubsequences: false)
        .dropFirst().enumerated()
    {
        if index > 0 { line.append(UInt8(ascii: " ")) }
        let quote: [UInt8] = argument.contains(UInt8(ascii: " ")) ? [UInt8(ascii: "\"")] : []
        line += quote + argument + quote
    }
    return line
}
