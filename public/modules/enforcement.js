// What policies do to those who call: the words for an event, for a policy, and for what was counted.
// No DOM in this file. Every text is safe to show.

import { visible } from "./visible.js";

const number = new Intl.NumberFormat("en");

/** What becomes of the caller, by the action of the event: done, only counted, gone wrong. */
const fates = {
  KPROBE_ACTION_SIGKILL: { enforced: "killed", monitored: "would kill", failed: "kill failed" },
};
const otherFate = { enforced: "signalled", monitored: "would signal", failed: "signal failed" };

const actions = {
  KPROBE_ACTION_SIGKILL: "kill the caller",
  KPROBE_ACTION_SIGNAL: "send the caller a signal",
  KPROBE_ACTION_POST: "send the caller a signal, and report the call",
};

const outcomes = {
  enforced: "done, every signal was sent",
  monitored: "not done, the policy only monitors",
  failed: "failed, the kernel refused a signal, or it was for the service itself",
};

const known = (table, word) => (Object.hasOwn(table, word) ? table[word] : undefined);

/**
 * What a policy did to the caller of an event's call, or would have: `{ word, action, outcome,
 * state }`, where `state` is "enforced", "monitored" or "failed"; null where it had nothing to do.
 */
export function readEnforcement({ enforcement, action = "" }) {
  if (!enforcement) return null;
  return {
    word: known(known(fates, action) ?? otherFate, enforcement) ?? visible(enforcement),
    action: known(actions, action) ?? visible(action),
    outcome: known(outcomes, enforcement) ?? visible(enforcement),
    state: Object.hasOwn(outcomes, enforcement) ? enforcement : "",
  };
}

const modes = { enforce: "enforces", monitor: "only monitors" };
const sleepingModes = { enforce: "would enforce", monitor: "would monitor" };

/** What a policy's status, or event, says of its mode; empty where there is nothing to enforce. */
export function modeText({ mode, state }) {
  return known(state === "disabled" ? sleepingModes : modes, mode) ?? "";
}

/** What a row of the table says of a change: `policy pipes enabled, only monitors`. */
export function announcement(policy) {
  return visible([`policy ${policy.name} ${policy.state}`, modeText(policy)].filter(Boolean).join(", "));
}

const counters = ["signal", "monitor_signal", "failed_signal"];

/** The signals of all selectors of some hooks. */
export function signalsOf(hooks) {
  const selectors = hooks.flatMap((hook) => hook.selectors ?? []);
  return Object.fromEntries(counters.map((counter) => (
    [counter, selectors.reduce((sum, selector) => sum + (selector[counter] ?? 0), 0)])));
}

/** `1,204 held back, 1 failed`; empty where there were none. */
export function signalsText(counts) {
  const texts = ["sent", "held back", "failed"];
  return counters.map((counter, at) => (counts[counter] > 0 ? `${number.format(counts[counter])} ${texts[at]}` : ""))
    .filter(Boolean).join(", ");
}

/** What is said before a policy enforces: how many signals it would have sent so far. */
export function sparedText(count) {
  if (count === 0) return "";
  return `So far it would have sent ${number.format(count)} ${count === 1 ? "signal" : "signals"}.`;
}

/**
 * A line for each selector of a hook that has a name or has had signals for somebody: `{ name, text,
 * counters }`, the last with everything that was counted.
 */
export function selectorLines(selectors) {
  return selectors.map(({ label, ...counts }, at) => {
    const calls = (counts.post ?? 0) + (counts.nopost ?? 0);
    const signals = signalsText(counts);
    const noun = calls === 1 ? "call" : "calls";
    return {
      name: label ? visible(label) : `selector ${at + 1}`,
      text: [`${number.format(calls)} ${noun}`, signals && `signals: ${signals}`].filter(Boolean).join(", "),
      counters: visible(Object.entries(counts).map(([key, count]) => `${key} ${number.format(count)}`).join(", ")),
      isTelling: Boolean(label) || signals !== "",
    };
  }).filter(({ isTelling }) => isTelling);
}
