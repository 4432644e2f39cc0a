// The list of loaded policies, with what each of their hooks has seen.

import { changePolicy, deletePolicy, listPolicies } from "./api.js";
import { signalsOf } from "./enforcement.js";
import { caption, drawPolicy } from "./policy.js";
import { visible } from "./visible.js";

const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const part = (element, name) => element.querySelector(`[data-part=${name}]`);

export class Policies {
  #panel;
  #items = new Map(); // by name, in the order of the list
  #statuses = new Map();
  #actions;

  /**
   * `actions`: open(name) shows the document, filter(name) narrows the table, delete(name) and
   * enforce(name, spared) ask, where so many signals would have been sent; state(state) is told how many there are: empty, ready, error.
   */
  constructor(panel, actions) {
    this.#panel = panel;
    this.#actions = actions;
  }

  get count() { return this.#items.size; }

  async refresh() {
    try {
      const policies = await listPolicies();
      if (this.#panel.dataset.state === "error") this.#tell("");
      this.#show(policies.length === 0 ? "empty" : "ready");
      this.#update(policies);
    } catch (problem) {
      this.#show("error");
      this.#tell(problem.message);
    }
  }

  #show(state) {
    this.#panel.dataset.state = state;
    this.#actions.state(state);
  }

  #tell(text) {
    part(this.#panel, "problem").textContent = text;
  }

  /** Keeps the items that stay, so that focus and selection stay too. */
  #update(policies) {
    this.#statuses = new Map(policies.map((status) => [status.name, status]));
    const items = policies.map((status) => {
      const item = this.#items.get(status.name) ?? this.#make(status.name);
      drawPolicy(item, status);
      return [status.name, item];
    });
    this.#items = new Map(items);
    this.#countEnforcing();
    const list = part(this.#panel, "list");
    const wanted = [...this.#items.values()];
    if (wanted.length !== list.children.length || wanted.some((item, at) => item !== list.children[at])) {
      list.replaceChildren(...wanted);
    }
  }

  #make(name) {
    const item = clone("policy-item");
    item.dataset.policy = name;
    const on = (action, run) => {
      const button = part(item, action);
      caption(button, button.textContent, name);
      button.addEventListener("click", run);
    };
    part(item, "name").textContent = visible(name);
    on("document", () => this.#actions.open(name));
    on("filter", () => this.#actions.filter(name));
    on("switch", () => this.#switch(name));
    on("mode-switch", () => this.#switchMode(name));
    on("delete", () => this.#delete(name));
    return item;
  }

  /** Says how many interfere, which may be out of view. */
  #countEnforcing() {
    const count = [...this.#statuses.values()]
      .filter(({ state, mode }) => state === "enabled" && mode === "enforce").length;
    const badge = part(this.#panel, "enforcing");
    badge.hidden = count === 0;
    badge.textContent = `${count} ${count === 1 ? "enforces" : "enforce"}`;
  }

  async #switch(name) {
    const { state, mode } = this.#statuses.get(name);
    const settings = { enabled: state === "disabled" };
    if (settings.enabled && mode === "enforce") await this.#enforce(name, settings);
    else await this.#change(() => changePolicy(name, settings));
  }

  /** To stop interfering is safe, and done at once. */
  async #switchMode(name) {
    if (this.#statuses.get(name).mode !== "enforce") await this.#enforce(name, { mode: "enforce" });
    else await this.#change(() => changePolicy(name, { mode: "monitor" }));
  }

  /** Asks first, and of a document: one that takes its place meanwhile was not asked about. */
  async #enforce(name, settings) {
    const { hooks, etag } = this.#statuses.get(name);
    if (!await this.#actions.enforce(name, signalsOf(hooks ?? []).monitor_signal)) return;
    await this.#change(() => changePolicy(name, settings, etag));
  }

  async #delete(name) {
    if (await this.#actions.delete(name)) await this.#change(() => deletePolicy(name));
  }

  /** A refusal stays until the reader tries something else, though the list is asked for again. */
  async #change(request) {
    this.#tell("");
    try {
      await request();
    } catch (problem) {
      this.#tell(problem.message);
    }
    await this.refresh();
  }
}
