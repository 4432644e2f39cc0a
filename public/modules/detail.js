// The pane beside the table: everything about the selected event, or about a process.

import { processFamily } from "./api.js";
import { splitPath } from "./event.js";
import { factsOfEvent, factsOfProcess } from "./facts.js";
import { visible, visibleJSON } from "./visible.js";

export class Detail {
  #pane;
  #actions;
  #json = "";
  #process = null; // the one that is shown, or whose event is
  #asked = 0;

  /** `actions`: close(), process(process) where the reader follows a link, events(process). */
  constructor(pane, actions) {
    this.#pane = pane;
    this.#actions = actions;
    this.#part("close").addEventListener("click", () => actions.close());
    this.#part("copy").addEventListener("click", () => this.#copy());
    this.#part("events").addEventListener("click", () => actions.events(this.#process));
  }

  get open() { return !this.#pane.hidden; }

  close() {
    this.#asked += 1;
    this.#pane.hidden = true;
  }

  showEvent(event, view) {
    this.#asked += 1;
    this.#show("event", view.call || view.type, factsOfEvent(event, view), event);
    this.#process = event[view.type]?.process ?? null;
  }

  /** Shows a process and its family; what is there of it already where the service has forgotten it. */
  async showProcess(process) {
    const asked = ++this.#asked;
    let family;
    try {
      family = await processFamily(process.exec_id);
    } catch {
      family = { process, running: null, ancestors: [], children: [] };
    }
    if (asked !== this.#asked) return; // the reader has gone on
    const [, program] = splitPath(visible(family.process.binary ?? ""));
    this.#show("process", `${program} ${family.process.pid}`, factsOfProcess(family), family.process);
    this.#process = family.process;
  }

  #show(kind, title, facts, json) {
    this.#json = visibleJSON(json);
    this.#pane.dataset.kind = kind;
    this.#part("title").textContent = title;
    this.#part("facts").replaceChildren(...facts.flatMap((fact) => this.#terms(fact)));
    this.#part("json").textContent = this.#json;
    this.#part("copy").dataset.state = "ready";
    this.#pane.hidden = false;
    for (const name of ["facts", "json"]) this.#part(name).scrollTop = 0;
  }

  #terms({ name, text, state, process }) {
    const value = element("dd", process ? "" : text, state);
    if (process) {
      const button = element("button", text);
      button.type = "button";
      button.className = "link";
      button.dataset.testid = "process-link";
      button.addEventListener("click", () => this.#actions.process(process));
      value.append(button);
    }
    return [element("dt", name), value];
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

function element(name, text, state) {
  const made = document.createElement(name);
  made.textContent = text;
  if (state) made.dataset.state = state;
  return made;
}
