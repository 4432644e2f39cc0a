import Foundation
import Glibc
import Synchronization
import Testing

/// Headless Chromium, driven through chromedriver (W3C WebDriver).
///
/// Both end with it, also when this process dies.
final class Browser: Sendable {
    private let driver: Driver
    private let http: HTTPClient
    private let session: String
    private let folder: String

    /// Where Debian's packages chromium and chromium-driver put them.
    static let executable = "/usr/bin/chromedriver"

    /// Runs `body` with a browser, and ends the browser however `body` ends.
    static func run(_ body: (Browser) async throws -> Void) async throws {
        let browser = try await start()
        do {
            try await body(browser)
        } catch {
            try await browser.quit()
            throw error
        }
        try await browser.quit()
    }

    private static func start() async throws -> Browser {
        let folder = try temporaryFolder()
        let driver = try await blocking { try Driver(folder: folder) }
        let http = HTTPClient(port: driver.port)
        let options = """
            {"args":["--headless=new","--no-sandbox","--disable-gpu","--window-size=1400,900",\
            "--disable-dev-shm-usage","--user-data-dir=\(folder)/profile"]}
            """
        let capabilities =
            #"{"goog:chromeOptions":\#(options),"goog:loggingPrefs":{"browser":"ALL"}}"#
        let answer = try await http.send(
            "POST", "/session", headers: [("Content-Type", "application/json")],
            body: Array(
                #"{"capabilities":{"alwaysMatch":\#(capabilities)}}"#.utf8))
        guard let session = try answer.json["value"]?["sessionId"]?.text else {
            throw HarnessError("the browser did not start: \(answer.text)")
        }
        return Browser(driver: driver, http: http, session: session, folder: folder)
    }

    private init(driver: Driver, http: HTTPClient, session: String, folder: String) {
        self.driver = driver
        self.http = http
        self.session = session
        self.folder = folder
    }

    /// Ends the browser, then the driver.
    private func quit() async throws {
        _ = try await http.send("DELETE", "/session/\(session)")
        driver.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    /// Opens a page.
    func open(_ url: String) async throws { _ = try await command("url", #"{"url":"\#(url)"}"#) }

    /// The value of a JavaScript expression on the page.
    func value(of expression: String) async throws -> JSON {
        try await command("execute/sync", try script("return \(expression);"))
    }

    /// Waits until a JavaScript expression is true, and throws with the page's text where it
    /// does not become so.
    func wait(until condition: String, seconds: Int = 20) async throws {
        let body = """
            const done = arguments[arguments.length - 1];
            const deadline = performance.now() + \(seconds) * 1000;
            (function look() {
              let holds = false;
              try { holds = Boolean(\(condition)); } catch { /* not there yet */ }
              if (holds || performance.now() > deadline) done(holds);
              else requestAnimationFrame(look);
            })();
            """
        guard try await command("execute/async", try script(body)) == true else {
            let page = try await value(of: "document.body.innerText").text ?? ""
            throw HarnessError("the page did not come to: \(condition)\n\(page)")
        }
    }

    /// What the browser has said of the page since it was asked last, such as what a content
    /// security policy has kept it from.
    func messages() async throws -> [String] {
        let entries = try await command("se/log", #"{"type":"browser"}"#)
        return (entries.elements ?? []).compactMap { $0["message"]?.text }
    }

    private func script(_ body: String) throws -> String {
        let text = String(decoding: try JSONEncoder().encode(body), as: UTF8.self)
        return #"{"script":\#(text),"args":[]}"#
    }

    private func command(_ name: String, _ body: String) async throws -> JSON {
        let answer = try await http.send(
            "POST", "/session/\(session)/\(name)", headers: [("Content-Type", "application/json")],
            body: Array(body.utf8))
        guard answer.status == 200, let value = try answer.json["value"] else {
            throw HarnessError("\(name) was answered by \(answer.status): \(answer.text)")
        }
        return value
    }
}

/// chromedriver, which starts the browser.
private final class Driver: Sendable {
    let port: UInt16
    private let process: ChildProcess
    private let commands: CInt
    /// Kept open: the driver goes on writing.
    private let output: Mutex<Input>

    init(folder: String) throws {
        let (process, commands, output) = try ChildProcess.start(
            "syscaller", ["run", Browser.executable, "--port=0"], error: folder + "/stderr")
        let lines = Input(descriptor: output)
        var port: UInt16?
        // ChromeDriver was started successfully on port 37199.
        while port == nil {
            guard let line = try lines.line(by: Deadline()) else {
                throw HarnessError("chromedriver ended at start")
            }
            let words = line.split(whereSeparator: { " .\n\r".contains($0) })
            if line.contains("started successfully") { port = words.last.flatMap { UInt16($0) } }
        }
        self.process = process
        self.commands = commands
        self.output = Mutex(lines)
        self.port = port ?? 0
    }

    func stop() {
        // The browser ended with its session; the driver does not mind SIGTERM.
        process.kill(SIGKILL)
        _ = process.wait()
        close(commands)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where there is no browser to drive.
    static var requiresBrowser: Self {
        .enabled("needs chromium and chromium-driver") { access(Browser.executable, X_OK) == 0 }
    }
}
