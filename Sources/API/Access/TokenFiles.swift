import Glibc

/// The files that tokens are in.
public struct TokenFiles: Sendable {
    /// Tokens that may do everything; nil where there is no such file.
    public let admin: String?
    /// Tokens that may look; nil where there is no such file.
    public let read: String?

    /// Names both files.
    public init(admin: String? = nil, read: String? = nil) {
        self.admin = admin
        self.read = read
    }

    /// Whether anybody needs a token.
    var isEmpty: Bool { admin == nil && read == nil }

    /// Reads all tokens.
    ///
    /// - Returns: nil where there is no file, so that nobody needs a token.
    func tokens() throws(TokenFileError) -> TokenSet? {
        guard !isEmpty else { return nil }
        var tokens = TokenSet()
        for case (let path?, let scope) in [(admin, Scope.admin), (read, .read)] {
            let text = try Self.text(of: path)
            guard try tokens.add(text, of: path, scope: scope) > 0 else { throw .empty(path) }
        }
        return tokens
    }

    /// Bytes of the largest file.
    private static let limit = 256 * 1024

    private static func text(of path: String) throws(TokenFileError) -> String {
        // Not to wait for a writer, should it be a pipe.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path, errno) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw .unreadable(path, errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
        // The group may read: a service manager hands secrets to the service's group so.
        guard facts.st_mode & (S_IRWXO | S_IWGRP) == 0 else {
            throw .exposed(path, mode: facts.st_mode & 0o777)
        }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var length = 0
        while length < bytes.count {
            let count = bytes[length...].withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 else { throw .unreadable(path, errno) }
            if count == 0 { break }
            length += count
        }
        guard length <= limit else { throw .tooLarge(path) }
        return String(decoding: bytes.prefix(length), as: UTF8.self)
    }
}

/// Why a token file is not used, and what to do.
public enum TokenFileError: Error, Equatable, CustomStringConvertible {
    /// It cannot be read: the path, and the reason's number.
    case unreadable(String, Int32)
    /// It is a directory, a pipe or the like.
    case notAFile(String)
    /// Others may read it, or write it.
    case exposed(String, mode: UInt32)
    /// It has more than 256 KiB.
    case tooLarge(String)
    /// It holds no token.
    case empty(String)
    /// A line, as `FILE:LINE`, is none.
    case fault(String, TokenFault)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .unreadable(let path, let number):
            "\(path) cannot be read: \(String(cString: strerror(number)))"
        case .notAFile(let path): "\(path) is no regular file"
        case .exposed(let path, let mode):
            "\(path) has the mode \(String(mode, radix: 8)), so others can get at the tokens: "
                + "chmod 600 \(path)"
        case .tooLarge(let path): "\(path) has more than 256 KiB"
        case .empty(let path):
            "\(path) holds no token; write one: openssl rand -hex 32 > \(path)"
        case .fault(let place, let fault): "\(place): \(fault)"
        }
    }
}
