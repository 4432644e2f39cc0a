// The pane beside the table: everything about the selected event.

import { clipped, visible, visibleJSON } from "./visible.js";

export class Detail {
  #pane;
  #json = "";

  constructor(pane, onClose) {
    this.#pane = pane;
    this.#part("close").addEventListener("click", onClose);
    this.#part("copy").addEventListener("click", () => this.#copy());
  }

  get open() { return !this.#pane.hidden; }

  close() { this.#pane.hidden = true; }

  show(event, view) {
    this.#json = visibleJSON(event);
    this.#part("title").textContent = view.call || view.type;
    this.#part("facts").replaceChildren(...facts(event, view).flatMap(([name, text, state]) => [
      element("dt", name), element("dd", text, state),
    ]));
    this.#part("json").textContent = this.#json;
    this.#part("copy").dataset.state = "ready";
    this.#pane.hidden = false;
    for (const name of ["facts", "json"]) this.#part(name).scrollTop = 0;
  }

  #part(name) { return this.#pane.querySelector(`[data-part=${name}]`); }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#json);
      this.#part("copy").dataset.state = "copied";
    } catch {
      getSelection().selectAllChildren(this.#part("json")); // the reader's own copy key works then
      this.#part("copy").dataset.state = "selected";
    }
  }
}

/** `[name, text, state]` of what is known, most telling first. */
function facts(event, view) {
  const body = event[view.type] ?? {};
  const origin = (process) => [
    visible([process.binary, process.arguments].filter(Boolean).join(" ")), `(pid ${visible(process.pid)})`,
  ].join(" ");
  return [
    ["Time", view.time],
    ["Policy", view.policy],
    ["Message", visible(body.message ?? "")],
    ["Tags", visible((body.tags ?? []).join(", "))],
    ["Process", body.process ? origin(body.process) : ""],
    ["Parent", body.parent ? origin(body.parent) : ""],
    ["Directory", visible(body.process?.cwd ?? "")],
    ["User", visible(body.process?.uid ?? "")],
    ...view.args.map(({ label, value, kind }, index) => [label || `Argument ${index + 1}`, value, kind]),
    ["Return", view.result.value, view.result.failed ? "failed" : "number"],
    ["Node", visible(event.node_name ?? "")],
  ].filter(([, text]) => text !== "").map(([name, text, state]) => [name, clipped(text, 4000), state]);
}

function element(name, text, state) {
  const made = document.createElement(name);
  made.textContent = text;
  if (state) made.dataset.state = state;
  return made;
}
