import assert from "node:assert/strict";
import { test } from "node:test";
import {
  announcement, modeText, readEnforcement, selectorLines, signalsOf, signalsText, sparedText,
} from "../../public/modules/enforcement.js";
import { describe } from "../../public/modules/event.js";
import { factsOfEvent } from "../../public/modules/facts.js";
import { makeFilter } from "../../public/modules/filter.js";

const event = (action, enforcement) => ({
  process_tracepoint: { process: { pid: 7, exec_id: "p" }, action, enforcement, policy_name: "p" },
});
const wordOf = (action, enforcement) => describe(event(action, enforcement)).enforcement?.word;

test("a word says what became of the caller", () => {
  const words = (action) => ["enforced", "monitored", "failed"].map((outcome) => wordOf(action, outcome));
  assert.deepEqual(words("KPROBE_ACTION_SIGKILL"), ["killed", "would kill", "kill failed"]);
  for (const action of ["KPROBE_ACTION_SIGNAL", "KPROBE_ACTION_POST"]) {
    assert.deepEqual(words(action), ["signalled", "would signal", "signal failed"]);
  }
  assert.deepEqual(describe(event("KPROBE_ACTION_SIGKILL", "failed")).enforcement, {
    word: "kill failed", action: "kill the caller", state: "failed",
    outcome: "failed, the kernel refused a signal, or it was for the service itself",
  });
});

test("an event without signals has no word, whatever its action", () => {
  for (const action of ["KPROBE_ACTION_POST", "KPROBE_ACTION_SIGKILL", undefined]) {
    assert.equal(readEnforcement({ action }), null);
  }
});

test("words that are not known are shown as they are, and hide nothing", () => {
  assert.deepEqual(readEnforcement({ enforcement: "x\u202e", action: "toString" }), {
    word: "x\\u202e", action: "toString", outcome: "x\\u202e", state: "",
  });
  const odd = readEnforcement({ enforcement: "constructor" });
  assert.deepEqual(odd, { word: "constructor", action: "", outcome: "constructor", state: "" });
});

test("the facts of an event have the action and what came of it, and only where there is something", () => {
  const facts = (action, enforcement) => {
    const sent = event(action, enforcement);
    return factsOfEvent(sent, describe(sent)).filter(({ name }) => ["Action", "Enforcement"].includes(name));
  };
  assert.deepEqual(facts("KPROBE_ACTION_SIGNAL", "monitored"), [
    { name: "Action", text: "send the caller a signal" },
    { name: "Enforcement", text: "not done, the policy only monitors", state: "monitored" },
  ]);
  assert.deepEqual(facts("KPROBE_ACTION_POST"), []);
});

test("the filter finds rows by what became of the caller", () => {
  const killed = describe(event("KPROBE_ACTION_SIGKILL", "enforced"));
  const spared = describe(event("KPROBE_ACTION_SIGKILL", "monitored"));
  assert.deepEqual([killed, spared].map(makeFilter("killed")), [true, false]);
  assert.deepEqual([killed, spared].map(makeFilter("would kill")), [false, true]);
});

test("a mode has a word where there is something to enforce", () => {
  const modes = ["enforce", "monitor", "monitor_only", null, undefined, "toString"];
  const texts = (state) => modes.map((mode) => modeText({ mode, state }));
  assert.deepEqual(texts("enabled"), ["enforces", "only monitors", "", "", "", ""]);
  assert.deepEqual(texts("disabled"), ["would enforce", "would monitor", "", "", "", ""]);
  assert.equal(announcement({ name: "a\u202eb", state: "enabled", mode: "enforce" }), "policy a\\u202eb enabled, enforces");
  assert.equal(announcement({ name: "a", state: "enabled", mode: "monitor_only" }), "policy a enabled");
  assert.equal(announcement({ name: "a", state: "deleted" }), "policy a deleted");
});

const counts = (post, nopost, signal, monitor_signal, failed_signal) => (
  { post, nopost, signal, monitor_signal, failed_signal });

test("signals are summed over hooks and selectors", () => {
  const hooks = [
    { selectors: [{ label: "a", ...counts(1, 0, 1, 20, 300) }, { label: null, ...counts(1, 0, 4, 50, 600) }] },
    {},
    { selectors: [{ label: null, ...counts(0, 0, 7000, 0, 0) }] },
  ];
  assert.deepEqual(signalsOf(hooks), { signal: 7005, monitor_signal: 70, failed_signal: 900 });
  assert.equal(signalsText(signalsOf(hooks)), "7,005 sent, 70 held back, 900 failed");
  assert.equal(signalsText({ signal: 0, monitor_signal: 3, failed_signal: 0 }), "3 held back");
  assert.equal(signalsText(signalsOf([])), "");
});

test("a selector has a line where it has a name or has had signals for somebody", () => {
  const lines = selectorLines([
    { label: "quiet\u202e", ...counts(0, 1, 0, 0, 0) },
    { label: null, ...counts(5, 0, 0, 0, 0) },
    { label: null, ...counts(1200, 1, 1, 0, 2) },
  ]);
  assert.deepEqual(lines.map(({ name, text }) => `${name}: ${text}`), [
    "quiet\\u202e: 1 call", "selector 3: 1,201 calls, signals: 1 sent, 2 failed",
  ]);
  assert.equal(lines[1].counters, "post 1,200, nopost 1, signal 1, monitor_signal 0, failed_signal 2");
});

test("the question before enforcing tells how many would have been signalled", () => {
  assert.deepEqual([0, 1, 1204].map(sparedText), [
    "", "So far it would have sent 1 signal.", "So far it would have sent 1,204 signals.",
  ]);
});
