// The problems of a policy document, as the service reports them. No DOM in this file.

/**
 * `[{ line, column, message, hint, pointer, severity }]`, in the order of the document; line is null
 * where the problem belongs to no line. A refusal without a list becomes one entry.
 */
export function problemsOf(problem) {
  const listed = problem.errors?.length > 0
    ? problem.errors
    : [{ message: problem.detail || problem.title || problem.message }];
  return sorted(listed);
}

export function sorted(entries) {
  return entries
    .map((entry) => ({
      line: Number.isInteger(entry.line) && entry.line > 0 ? entry.line : null,
      column: Number.isInteger(entry.column) && entry.column > 0 ? entry.column : 1,
      message: entry.message ?? entry.code ?? "no message",
      hint: entry.hint ?? "",
      pointer: entry.pointer ?? "",
      severity: entry.severity === "warning" ? "warning" : "error",
    }))
    .sort((one, other) => (one.line ?? 0) - (other.line ?? 0) || one.column - other.column);
}

/** Where a line of the text begins, from `column` on, and ends: offsets for a selection. */
export function rangeOf(text, line, column = 1) {
  let start = 0;
  for (let left = line - 1; left > 0; left -= 1) {
    const next = text.indexOf("\n", start);
    if (next < 0) break;
    start = next + 1;
  }
  const newline = text.indexOf("\n", start);
  const end = newline < 0 ? text.length : newline;
  return [Math.min(start + column - 1, end), end];
}

/** "3 problems", "1 problem and 2 warnings" */
export function summary(problems) {
  const count = (severity, word) => {
    const number = problems.filter((problem) => problem.severity === severity).length;
    return number === 0 ? [] : [`${number} ${word}${number === 1 ? "" : "s"}`];
  };
  return [...count("error", "problem"), ...count("warning", "warning")].join(" and ");
}
