// The list of loaded policies, with what each of their hooks has seen.

import { deletePolicy, enablePolicy, listPolicies } from "./api.js";
import { clipped, visible } from "./visible.js";

const number = new Intl.NumberFormat("en");
const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const part = (element, name) => element.querySelector(`[data-part=${name}]`);

export class Policies {
  #panel;
  #items = new Map();
  #actions;

  /**
   * `actions`: open(name) shows the document, filter(name) narrows the table, confirm(name) asks,
   * state(state) is told how many there are: empty, ready, error.
   */
  constructor(panel, actions) {
    this.#panel = panel;
    this.#actions = actions;
  }

  get count() { return this.#items.size; }

  async refresh() {
    try {
      const policies = await listPolicies();
      this.#show(policies.length === 0 ? "empty" : "ready");
      this.#tell("");
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
    const items = policies.map((status) => {
      const item = this.#items.get(status.name) ?? this.#make(status.name);
      describe(item, status);
      return [status.name, item];
    });
    this.#items = new Map(items);
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
    on("switch", () => this.#change(() => enablePolicy(name, item.dataset.state === "disabled")));
    on("delete", () => this.#delete(name));
    return item;
  }

  async #delete(name) {
    if (await this.#actions.confirm(name)) await this.#change(() => deletePolicy(name));
  }

  async #change(request) {
    try {
      await request();
      await this.refresh();
    } catch (problem) {
      this.#tell(problem.message);
    }
  }
}

/** What a button does, and to whom. */
function caption(button, text, name) {
  button.textContent = text;
  button.setAttribute("aria-label", `${text} ${visible(name)}`);
}

function describe(item, status) {
  item.dataset.state = status.state;
  part(item, "state").textContent = visible(status.state).replaceAll("_", " ");
  caption(part(item, "switch"), status.state === "disabled" ? "Enable" : "Disable", status.name);
  part(item, "switch").hidden = status.state === "load_error";
  part(item, "error").textContent = status.error ? visible(status.error) : "";
  const hooks = status.hooks ?? [];
  part(item, "sent").textContent = number.format(total(hooks, "sent"));
  const lost = [
    "lost_ring_full", "lost_pending_full", "missed_entry", "missed_return", "missed_recursion", "missed_probe",
  ]
    .reduce((sum, counter) => sum + total(hooks, counter), 0);
  part(item, "lost").textContent = lost > 0 ? `${number.format(lost)} lost` : "";
  part(item, "hooks").replaceChildren(...hooks.map(hookItem));
}

const total = (hooks, counter) => hooks.reduce((sum, { events }) => sum + (events?.[counter] ?? 0), 0);

function hookItem({ function: name, functions = [name], method, programs = [], events = {} }) {
  const item = clone("hook-item");
  const more = functions.length > 1 ? ` and ${number.format(functions.length - 1)} more` : "";
  part(item, "function").textContent = visible(name) + more;
  part(item, "function").title = clipped(functions.map(visible).join(", "), 1000);
  part(item, "method").textContent = visible(method);
  const runs = programs.reduce((sum, program) => sum + (program.run_count ?? 0), 0);
  const time = programs.reduce((sum, program) => sum + (program.run_time_ns ?? 0), 0);
  const cost = runs > 0 ? `, ${number.format(Math.round(time / runs))} ns per run` : "";
  const counters = Object.entries(events).filter(([, count]) => count !== null).map(([key, count]) => `${key} ${number.format(count)}`);
  item.title = visible(`${counters.join(", ")}${cost}`);
  return item;
}
