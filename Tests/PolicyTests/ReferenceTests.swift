import Foundation
import Testing
import Yams

@testable import Policy

@Suite("What is written about the format")
struct ReferenceTests {
    private static func file(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        return String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    @Test("the page of the format says what the table does: make reference writes it")
    func page() throws {
        #expect(try Self.file("public/docs/policy.md") == PolicyReference.page)
    }

    @Test("the schemas of the API's contract are those of the table: make reference writes them")
    func schemas() throws {
        let contract = try Self.file("openapi/openapi.yaml")
        let start = try #require(contract.range(of: "`make reference` writes it.\n"))
        let end = try #require(contract.range(of: "    # The end of the format of policies.\n"))
        #expect(contract[start.upperBound..<end.lowerBound] == PolicyReference.openAPISchemas)
    }

    @Test("the schemas are YAML, and every reference in them leads somewhere")
    func references() throws {
        let schemas = try #require(
            try Yams.load(yaml: "s:\n" + PolicyReference.openAPISchemas) as? [String: Any])
        let names = try #require((schemas["s"] as? [String: Any])?.keys)
        #expect(Set(names) == Set(PolicyReference.objects.map(\.component)))
        for match in PolicyReference.openAPISchemas.matches(of: /schemas\/(\w+)/) {
            #expect(names.contains(String(match.1)))
        }
    }

    @Test("every entry is documented, with an example that the field takes")
    func entries() throws {
        for schema in PolicyReference.objects {
            #expect(!schema.doc.isEmpty)
            #expect(Set(schema.fields.map(\.name)).count == schema.fields.count)
            for field in schema.fields {
                let name = "\(schema.component).\(field.name)"
                #expect(!field.doc.isEmpty, "\(name)")
                guard field.misplaced == nil else { continue }
                #expect(field.doc.hasSuffix("."), "\(name)")
                #expect(!(field.isRequired && field.standard != nil), "\(name)")
                let root = try #require(Intake(Array(field.example.utf8)).root, "\(name)")
                var walker = Walker()
                let value = walker.value(of: root, as: field.kind, at: .init())
                #expect(value != nil && walker.diagnostics == [], "\(name): \(walker.diagnostics)")
            }
        }
    }

    @Test("every field can be explained, by the names that lead to it")
    func explanations() throws {
        func visit(_ schema: ObjectSchema, _ path: String, depth: Int) throws {
            for field in schema.ownFields {
                let path = path.isEmpty ? field.name : "\(path).\(field.name)"
                let text = try PolicyReference.explanation(of: path)
                #expect(text.contains("\n  \(field.doc)\n"), "\(path)")
                #expect(text.contains("\(field.name): \(field.example)"), "\(path)")
                if depth < 4, let inner = field.kind.schema {
                    try visit(inner, path, depth: depth + 1)
                }
            }
        }
        try visit(PolicyFormat.document, "", depth: 0)
    }

    @Test("the format has as many types, operators and actions as the format that it follows")
    func counts() throws {
        let spellings = Set(ArgumentType.allCases.flatMap(\.spellings))
        // One of the 52 is const_buf, which nobody can write; int32_arr is Martlet's own.
        #expect(spellings.count == 52 - 1 + 1)
        #expect(ArgumentOperator.allCases.count == 36)
        #expect(ActionName.allCases.count == 12)
    }

    @Test("every operator compares some type, and every type that has something to compare")
    func operators() {
        let classes = Set(ArgumentType.allCases.compactMap(\.filterClass))
        for comparison in ArgumentOperator.allCases {
            #expect(classes.contains { comparison.takes($0) }, "\(comparison)")
        }
        for filterClass in classes {
            #expect(ArgumentOperator.allCases.contains { $0.takes(filterClass) })
        }
    }

    @Test("every code of a problem is in the documentation, and in no two meanings")
    func codes() {
        for code in DiagnosticCode.allCases {
            #expect(PolicyReference.page.contains("| `\(code.rawValue)` | \(code.meaning) |"))
        }
        #expect(
            Set(DiagnosticCode.allCases.map(\.meaning)).count == DiagnosticCode.allCases.count)
    }
}
