// Line numbers beside a textarea, with a marker at each line that has a problem.

export class Gutter {
  #text;
  #numbers;
  #marks;
  #lines = 0;

  /** `editor` holds the textarea and the parts "numbers" and "marks". */
  constructor(editor, onPick) {
    this.#text = editor.querySelector("textarea");
    this.#numbers = editor.querySelector("[data-part=numbers]");
    this.#marks = editor.querySelector("[data-part=marks]");
    this.#text.addEventListener("scroll", () => this.#scroll());
    this.#marks.addEventListener("click", ({ target }) => {
      if (target.dataset.line) onPick(Number(target.dataset.line));
    });
    this.count();
  }

  /** Numbers the lines there are now. */
  count() {
    const lines = this.#text.value.split("\n").length;
    if (lines === this.#lines) return;
    this.#lines = lines;
    this.#numbers.textContent = Array.from({ length: lines }, (_, line) => line + 1).join("\n");
    this.#scroll();
  }

  /** Marks each line once, with its worst problem and all the messages as its title. */
  mark(problems) {
    const lines = grouped(problems);
    lines.delete(null);
    this.#marks.replaceChildren(...[...lines].map(([line, found]) => this.#mark(line, found)));
  }

  #mark(line, problems) {
    const mark = document.createElement("div");
    const worst = problems.some(({ severity }) => severity === "error") ? "error" : "warning";
    mark.dataset.line = line;
    mark.dataset.severity = worst;
    mark.dataset.testid = "gutter-marker";
    mark.title = problems.map(({ message }) => message).join("\n");
    mark.style.setProperty("--line", line);
    return mark;
  }

  #scroll() {
    const offset = `translateY(${-this.#text.scrollTop}px)`;
    this.#numbers.style.transform = offset;
    this.#marks.style.transform = offset;
  }
}

function grouped(problems) {
  const lines = new Map();
  for (const problem of problems) lines.set(problem.line, [...(lines.get(problem.line) ?? []), problem]);
  return lines;
}
