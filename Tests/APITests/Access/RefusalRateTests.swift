import Testing

@testable import API

@Suite("Wrong tokens in the log")
struct RefusalRateTests {
    @Test("the first is told at once, then one in ten seconds, with how many were not told")
    func rate() {
        var rate = RefusalRate()
        let start = ContinuousClock.now
        let told = [0, 1, 9_999, 10_000, 10_001, 19_999, 20_000, 90_000].map { milliseconds in
            rate.admit(at: start + .milliseconds(milliseconds))
        }
        #expect(told == [0, nil, nil, 2, nil, nil, 2, 0])
    }

    @Test("what comes from outside stays in its line and its bounds")
    func texts() {
        #expect("\(LogText("pipe2"))" == #""pipe2""#)
        #expect("\(LogText(""))" == #""""#)
        let hostile = "a\nb\r\u{1B}[2J\" \\ é\u{2028}"
        #expect("\(LogText(hostile))" == #""a\nb\r\u001b[2J\" \\ é\u2028""#)
        let long = String(repeating: "x", count: 257)
        #expect("\(LogText(long))" == "\"\(long.dropLast())…\"")
        #expect("\(LogText(String(long.dropLast())))" == "\"\(long.dropLast())\"")
    }
}
