import HTTP
import Testing

@testable import API

@Suite("What a client prefers")
struct PreferencesTests {
    private func best(_ fields: String..., of types: String...) -> String? {
        Preferences(fields).best(of: types)
    }

    @Test("the type with the highest quality is chosen, the first of equals")
    func quality() {
        #expect(best(of: "a/x", "a/y") == "a/x")
        #expect(best("a/y", of: "a/x", "a/y") == "a/y")
        #expect(best("a/x;q=0.5, a/y;q=0.6", of: "a/x", "a/y") == "a/y")
        #expect(best("a/x;q=0.5", "a/y;q=0.4", of: "a/x", "a/y") == "a/x")
        #expect(best("A/Y; version=1 ;q=1.0", of: "a/x", "a/y") == "a/y")
        #expect(best("a/y,a/x", of: "a/x", "a/y") == "a/x")
    }

    @Test("the most specific range decides")
    func ranges() {
        #expect(best("*/*", of: "a/x", "a/y") == "a/x")
        #expect(best("*/*;q=0.1, a/y", of: "a/x", "a/y") == "a/y")
        #expect(best("a/*, a/x;q=0", of: "a/x", "a/y") == "a/y")
        #expect(best("text/html, */*;q=0.8", of: "a/x") == "a/x")
        #expect(best("b/*", of: "a/x") == nil)
    }

    @Test("what is refused, or not there, is not chosen")
    func none() {
        #expect(best("text/html", of: "a/x", "a/y") == nil)
        #expect(best("a/x;q=0", of: "a/x") == nil)
        #expect(best("*/*;q=0", of: "a/x") == nil)
        #expect(best("a/x;q=no", of: "a/x") == nil)
        #expect(best("", of: "a/x") == "a/x", "an empty field asks for nothing")
        #expect(best(",;,", of: "a/x") == "a/x")
    }

    @Test("a coding is used where it is asked for")
    func codings() {
        func takes(_ field: String?) -> Bool {
            var headers: Headers = [:]
            headers["Accept-Encoding"] = field
            return RequestHead(method: "GET", target: "/", headers: headers)
                .acceptedCodings.takes(coding: "gzip")
        }
        for field in ["gzip", "br, GZIP;q=0.1", "*", "deflate, gzip;q=1.0, *;q=0"] {
            #expect(takes(field), "\(field)")
        }
        for field in [nil, "", "identity", "gzip;q=0", "*;q=0", "x-gzip", "gzip;q=0, *"] {
            #expect(!takes(field), "\(field ?? "nil")")
        }
    }
}
