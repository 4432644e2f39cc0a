extension RequestHead {
    /// What a server that reads the same bytes might take for another request, or for other fields;
    /// nil where there is nothing of the kind.
    ///
    /// libmicrohttpd makes something of all of these: of two lengths it takes the first, chunks go
    /// before a length, and a coding that it does not know is a body without an end. What it refuses
    /// itself does not come here.
    var fault: String? { fieldFault ?? hostFault ?? framingFault }

    /// > A server MUST reject [...] any received request message that contains whitespace between a
    /// > header field name and colon (RFC 9112, 5.1)
    private var fieldFault: String? {
        for field in headers.fields {
            if !field.name.utf8.allSatisfy(\.isTokenCharacter) {
                return "a header field's name has a character that none may have"
            }
            if field.value.utf8.contains(where: \.isControl) {
                return "the value of \(field.name) has a control character"
            }
        }
        return nil
    }

    /// > A server MUST respond with a 400 (Bad Request) status code [...] to any request message that
    /// > contains more than one Host header field line (RFC 9112, 3.2)
    private var hostFault: String? {
        headers.values("Host").count > 1 ? "there is more than one Host" : nil
    }

    /// Where the body ends, by RFC 9112, 6.
    private var framingFault: String? {
        let (lengths, codings) = (
            headers.values("Content-Length"), headers.values("Transfer-Encoding")
        )
        if lengths.count > 1 { return "there is more than one Content-Length" }
        guard let coding = codings.first else { return nil }
        if !lengths.isEmpty { return "there are Content-Length and Transfer-Encoding" }
        return codings.count == 1 && coding.equalsIgnoringCase("chunked")
            ? nil : "the Transfer-Encoding is not chunked, the only one that is read"
    }
}

extension UInt8 {
    /// `tchar` of RFC 9110, 5.6.2.
    fileprivate var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }

    fileprivate var isControl: Bool { self < 0x20 && self != UInt8(ascii: "\t") || self == 0x7F }
}
