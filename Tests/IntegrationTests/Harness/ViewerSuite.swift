import Foundation

/// A suite about the viewer's page, whose parts have the names that app.js lists.
protocol ViewerSuite {}

extension ViewerSuite {
    /// The element with this id, as a JavaScript expression.
    func id(_ name: String) -> String { "document.getElementById('\(name)')" }

    /// The elements of this kind, as a JavaScript expression.
    func all(_ name: String) -> String {
        "[...document.querySelectorAll('[data-testid=\"\(name)\"]')]"
    }

    /// The text of the first element of this kind, or of a later one, as a JavaScript expression.
    func text(_ name: String, at index: Int = 0) -> String {
        "\(all(name))[\(index)].textContent.replace(/\\s+/g, ' ').trim()"
    }

    /// The texts of the first row's cells.
    func cells(of names: String...) -> String {
        "[\(names.map { text($0 + "-cell") }.joined(separator: ", "))]"
    }

    /// Opens the page, and waits until the stream runs.
    func open(_ service: ServiceProcess, in browser: Browser) async throws {
        try await browser.open("http://127.0.0.1:\(service.port)/")
        try await browser.wait(until: "\(id("connection")).dataset.state === 'live'")
    }

    /// Presses a button, once it is there.
    func click(_ button: String, in browser: Browser) async throws {
        try await browser.wait(until: "(\(button).click(), true)")
    }

    /// Gives the form a token.
    func signIn(_ token: String, in browser: Browser) async throws {
        try await browser.wait(until: "(\(id("signin-token")).value = '\(token)', true)")
        try await click(id("signin-submit"), in: browser)
    }

    /// Sends a document by the editor.
    func submit(_ policy: String, in browser: Browser) async throws {
        let text = String(decoding: try JSONEncoder().encode(policy), as: UTF8.self)
        try await click(id("policy-new"), in: browser)
        try await browser.wait(
            until: """
                (\(id("policy-text")).value = \(text),
                 \(id("policy-text")).dispatchEvent(new Event('input', { bubbles: true })))
                """)
        try await click(id("policy-submit"), in: browser)
    }
}
