// An item of the list of policies.

import { modeText, selectorLines, signalsOf, signalsText } from "./enforcement.js";
import { clipped, visible } from "./visible.js";

const number = new Intl.NumberFormat("en");
const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const part = (element, name) => element.querySelector(`[data-part=${name}]`);

/** What a button does, and to whom. */
export function caption(button, text, name) {
  button.textContent = text;
  button.setAttribute("aria-label", `${text} ${visible(name)}`);
}

/** Makes an item, of the template, show a policy's status. */
export function drawPolicy(item, status) {
  const { name, state } = status;
  const hooks = status.hooks ?? [];
  item.dataset.state = state;
  part(item, "state").textContent = visible(state).replaceAll("_", " ");
  caption(part(item, "switch"), state === "disabled" ? "Enable" : "Disable", name);
  part(item, "switch").hidden = state === "load_error";
  part(item, "error").textContent = status.error ? visible(status.error) : "";
  part(item, "sent").textContent = number.format(total(hooks, "sent"));
  const lost = [
    "lost_ring_full", "lost_pending_full", "missed_entry", "missed_return", "missed_recursion", "missed_probe",
  ]
    .reduce((sum, counter) => sum + total(hooks, counter), 0);
  part(item, "lost").textContent = lost > 0 ? `${number.format(lost)} lost` : "";
  drawMode(item, status, hooks);
  part(item, "hooks").replaceChildren(...hooks.map(hookItem));
}

/** Whether the policy interferes with calls, what that came to, and the button that changes it. */
function drawMode(item, status, hooks) {
  const text = modeText(status);
  item.dataset.mode = status.mode ?? "";
  part(item, "mode").hidden = text === "";
  part(item, "mode-name").textContent = text;
  caption(part(item, "mode-switch"), status.mode === "enforce" ? "Monitor only" : "Enforce", status.name);
  part(item, "signals").textContent = `Signals: ${signalsText(signalsOf(hooks)) || "none yet"}`;
}

const total = (hooks, counter) => hooks.reduce((sum, { events }) => sum + (events?.[counter] ?? 0), 0);

function hookItem({ function: name, functions = [name], method, programs = [], events = {}, selectors = [] }) {
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
  part(item, "selectors").replaceChildren(...selectorLines(selectors).map(selectorItem));
  return item;
}

function selectorItem({ name, text, counters }) {
  const item = clone("selector-item");
  part(item, "name").textContent = name;
  part(item, "text").textContent = text;
  item.title = counters;
  return item;
}
