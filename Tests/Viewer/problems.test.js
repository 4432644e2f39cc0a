import assert from "node:assert/strict";
import { test } from "node:test";
import { problemsOf, rangeOf, summary } from "../../public/modules/problems.js";

test("problems come in the order of the document", () => {
  const problems = problemsOf({
    errors: [
      { message: "b", line: 9, column: 3, severity: "warning" },
      { message: "a", line: 2, column: 5, hint: "try c" },
      { message: "whole" },
    ],
  });
  assert.deepEqual(problems.map(({ message }) => message), ["whole", "a", "b"]);
  assert.deepEqual(problems.map(({ line }) => line), [null, 2, 9]);
  assert.deepEqual(problems.map(({ severity }) => severity), ["error", "error", "warning"]);
  assert.equal(summary(problems), "2 problems and 1 warning");
});

test("a refusal without a list is one problem", () => {
  const [problem] = problemsOf({ title: "Policy exists", detail: "pipe2 is loaded", errors: [] });
  assert.deepEqual([problem.line, problem.message], [null, "pipe2 is loaded"]);
});

test("a line becomes a range of the text", () => {
  const text = "one\n  two\nthree";
  assert.deepEqual(rangeOf(text, 2, 3), [6, 9]);
  assert.deepEqual(rangeOf(text, 3), [10, 15]);
  assert.deepEqual(rangeOf(text, 2, 99), [9, 9]);
  assert.deepEqual(rangeOf(text, 99, 1), [10, 15]); // beyond the end: the last line
});
