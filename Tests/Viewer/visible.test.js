import assert from "node:assert/strict";
import { test } from "node:test";
import { clipped, quoted, visible, visibleJSON } from "../../public/modules/visible.js";

test("ordinary text of any script stays as it is", () => {
  const texts = ["/usr/bin/cat", "größe", "日本語", "שלום", "🦅"];
  assert.deepEqual(texts.map(visible), texts);
});

test("what has no glyph is spelled out", () => {
  assert.equal(visible("a\nb\tc\x1b[31m\x7f"), "a\\nb\\tc\\x1b[31m\\x7f");
  assert.equal(visible("evil\u202egnp.exe"), "evil\\u202egnp.exe"); // right-to-left override
  assert.equal(visible("a\u200bb\u2066c\u2028d\ufeff"), "a\\u200bb\\u2066c\\u2028d\\ufeff");
  assert.equal(visible("x\u{e0041}"), "x\\u{e0041}"); // tag character
  assert.equal(visible("half \ud800"), "half \\ud800"); // lone surrogate
});

test("an escape in the data differs from an escape of the viewer", () => {
  assert.equal(visible("\\x1b"), "\\\\x1b");
  assert.equal(quoted('say "hi"\\'), '"say \\"hi\\"\\\\"');
});

test("the JSON of the detail pane parses to the same value", () => {
  const value = { "a\u202e": ["\\n", "\n", "\x7f", "\u{e0041}", "\ud800", '"', "é"] };
  const text = visibleJSON(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.doesNotMatch(text, /[\u202e\x7f\u{e0041}]/u);
});

test("clipping keeps the limit", () => {
  assert.equal(clipped("abcdef", 4), "abc…");
  assert.equal(clipped("abcd", 4), "abcd");
});
