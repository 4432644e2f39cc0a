// The dialog in which a policy is written, taken from an example or a file, and sent.

import { addPolicy, asset, policyDocument } from "./api.js";
import { Gutter } from "./gutter.js";
import { problemsOf, rangeOf, sorted, summary } from "./problems.js";
import { visible } from "./visible.js";

/** The service takes no larger document. */
const sizeLimit = 1024 * 1024;

export class Editor {
  #dialog;
  #text;
  #gutter;
  #onAdded;

  constructor(dialog, onAdded) {
    this.#dialog = dialog;
    this.#onAdded = onAdded;
    this.#text = dialog.querySelector("textarea");
    this.#gutter = new Gutter(dialog.querySelector("[data-part=editor]"), (line) => this.#jump(line));
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#send();
    });
    this.#part("examples").addEventListener("change", ({ target }) => {
      if (target.value) this.#load(() => asset(target.value));
    });
    this.#part("file").addEventListener("change", ({ target }) => this.openFile(target.files[0]));
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#part("close").addEventListener("click", () => dialog.close());
  }

  open() {
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#text.focus();
  }

  openDocument(name) {
    this.open();
    return this.#load(() => policyDocument(name));
  }

  openFile(file) {
    if (!file) return;
    this.open();
    if (file.size > sizeLimit) this.#show("failed", [{ message: `${file.name} is larger than 1 MiB` }]);
    else this.#load(() => file.text());
  }

  #part(name) { return this.#dialog.querySelector(`[data-part=${name}]`); }

  async #load(read) {
    try {
      this.#text.value = await read();
      this.#text.setSelectionRange(0, 0);
      this.#text.scrollTop = 0;
      this.#changed();
      this.#show("idle", []);
    } catch (problem) {
      this.#show("failed", problemsOf(problem));
    }
  }

  /** What was reported stands until the next answer, but no longer at its line. */
  #changed() {
    this.#gutter.count();
    this.#gutter.mark([]);
    if (this.#dialog.dataset.state !== "idle") this.#dialog.dataset.state = "edited";
  }

  async #send() {
    if (this.#dialog.dataset.state === "sending") return;
    this.#show("sending", []);
    try {
      const status = await addPolicy(this.#text.value);
      const warnings = sorted((status.warnings ?? []).map((entry) => ({ severity: "warning", ...entry })));
      this.#show("added", warnings, `${visible(status.name)} is ${visible(status.state)}.`);
      if (warnings.length === 0) this.#dialog.close();
      this.#onAdded(status);
    } catch (problem) {
      this.#show("failed", problemsOf(problem), problem.title);
    }
  }

  #show(state, problems, headline = "") {
    this.#dialog.dataset.state = state;
    const found = summary(problems);
    this.#part("summary").textContent = [visible(headline), found].filter(Boolean).join(" – ");
    this.#part("problems").replaceChildren(...problems.map((problem) => this.#item(problem)));
    this.#gutter.mark(problems);
    this.#part("submit").disabled = state === "sending";
  }

  #item({ line, column, message, hint, pointer, severity }) {
    const item = document.getElementById("problem-item").content.firstElementChild.cloneNode(true);
    const set = (name, text) => { item.querySelector(`[data-part=${name}]`).textContent = visible(text); };
    item.dataset.severity = severity;
    set("where", line === null ? "document" : `line ${line}:${column}`);
    set("message", message);
    set("hint", hint);
    set("pointer", pointer);
    const button = item.querySelector("button");
    button.disabled = line === null;
    button.addEventListener("click", () => this.#jump(line, column));
    return item;
  }

  #jump(line, column) {
    this.#text.focus();
    this.#text.setSelectionRange(...rangeOf(this.#text.value, line, column));
    const height = parseFloat(getComputedStyle(this.#text).lineHeight);
    this.#text.scrollTop = (line - 1) * height - this.#text.clientHeight / 2;
  }
}
