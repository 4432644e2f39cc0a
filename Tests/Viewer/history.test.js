import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../public/modules/history.js";

const event = (pid) => ({ process_kprobe: { process: { pid }, function_name: "f" } });
const all = () => true;

function add(history, from, to) {
  for (let pid = from; pid <= to; pid += 1) history.addEvent(event(pid));
}

function content(history, count = 100, passes = all) {
  return history.latest(count, passes)
    .map((entry) => (entry.kind === "event" ? entry.event.process_kprobe.process.pid : entry.kind));
}

test("the oldest entries leave, the count of events stays true", () => {
  const history = new History(8);
  add(history, 1, 100);
  assert.equal(history.received, 100);
  assert.deepEqual(content(history, 3), [98, 99, 100]);
  assert.ok(content(history).length <= 10);
});

test("what is new since a key comes once", () => {
  const history = new History(8);
  add(history, 1, 3);
  const seen = history.lastKey;
  add(history, 4, 5);
  const added = history.latest(9, all, seen).map((entry) => entry.event);
  assert.deepEqual(added, [event(4), event(5)]);
  assert.deepEqual(history.latest(9, all, history.lastKey), []);
});

test("lives of processes do not push out what policies report", () => {
  const history = new History(8);
  add(history, 1, 8);
  for (let pid = 0; pid < 1000; pid += 1) history.addEvent({ process_exec: { process: { pid } } });
  history.addMarker("gap", "");
  add(history, 9, 9);
  assert.deepEqual(content(history, 10, (view) => !view.isLife), [1, 2, 3, 4, 5, 6, 7, 8, "gap", 9]);
  assert.ok(history.latest(2000, (view) => view.isLife).length <= 12);
  const order = history.latest(2000, all).map(({ key }) => key);
  assert.deepEqual(order, [...order].sort((one, other) => one - other));
  history.pause();
  history.addEvent({ process_exit: { process: { pid: 1 } } });
  add(history, 10, 10);
  assert.equal(history.held, 1);
  history.resume();
  assert.deepEqual(content(history, 1), [10]);
});

test("markers pass every filter", () => {
  const history = new History(8);
  add(history, 1, 2);
  history.addMarker("gap", "12 events lost", { lost: 12 });
  add(history, 3, 3);
  assert.equal(history.lost, 12);
  assert.deepEqual(content(history, 9, (view) => view.pid === "3"), ["gap", 3]);
});

test("a pause holds events back and resuming shows them", () => {
  const history = new History(8);
  add(history, 1, 2);
  history.pause();
  add(history, 3, 4);
  history.addMarker("gap", "", { lost: 1 });
  assert.deepEqual(content(history), [1, 2]);
  assert.deepEqual([history.held, history.received], [2, 4]);
  history.resume();
  assert.deepEqual(content(history), [1, 2, 3, 4, "gap"]);
  assert.equal(history.held, 0);
});

test("a pause that overflows says how many events it dropped", () => {
  const history = new History(8);
  history.pause();
  add(history, 1, 100);
  assert.equal(history.held, 100);
  history.resume();
  const shown = content(history, 8);
  assert.equal(shown[0], "skipped");
  assert.deepEqual(shown.slice(1), [94, 95, 96, 97, 98, 99, 100]);
  assert.match(history.latest(8, all)[0].text, /^93 events/);
});
