import assert from "node:assert/strict";
import { test } from "node:test";
import { ProcessFeed } from "../../public/modules/feed.js";

/** A tree that notes what it is told. */
class Notes {
  seen = [];
  load({ processes }) { this.seen.push(`list ${processes}`); }
  exec({ process }) { this.seen.push(`exec ${process}`); }
  exit({ process }) { this.seen.push(`exit ${process}`); }
}

const exec = (id, process) => ({ type: "event", id, event: { process_exec: { process } } });
const exit = (id, process) => ({ type: "event", id, event: { process_exit: { process } } });

/** A feed whose lists the test hands out. */
function scripted() {
  const tree = new Notes();
  const asked = [];
  const changes = [];
  const timers = [];
  const feed = new ProcessFeed(tree, {
    later: (run) => timers.push(run),
    list: () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
    onChange: (problem) => changes.push(problem),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const answer = async (number, asOf, processes) => {
    asked[number].resolve({ as_of: asOf, processes });
    await settle();
  };
  return { tree, asked, changes, feed, answer, settle, timers };
}

test("events that the list knows are passed over, later ones are taken in their order", async () => {
  const { tree, feed, answer, changes } = scripted();
  feed.take(exec("b-1", "early"));
  feed.load();
  for (const item of [exec("b-8", "known"), exec("b-9", "new"), exit("b-10", "new")]) feed.take(item);
  await answer(0, "b-8", "one");
  feed.take(exec("b-11", "late"));
  feed.take({ type: "event", id: "b-12", event: { process_kprobe: {} } });
  feed.take({ type: "policy", data: {} });
  assert.deepEqual(tree.seen, ["list one", "exec new", "exit new", "exec late"]);
  assert.deepEqual(changes, [null, null]);
});

test("a gap asks for another list", async () => {
  const { tree, feed, answer, asked } = scripted();
  feed.load();
  await answer(0, "b-8", "one");
  feed.take({ type: "gap", data: { reason: "restart" } });
  feed.take(exec("c-1", "other run"));
  assert.equal(asked.length, 2);
  await answer(1, "c-0", "two");
  assert.deepEqual(tree.seen, ["list one", "list two", "exec other run"]);
});

test("a gap of calls asks for none, one that may be of lives does", async () => {
  const { feed, answer, asked } = scripted();
  feed.load();
  await answer(0, "b-8", "one");
  feed.take({ type: "gap", data: { reason: "kernel_ring_full", types: ["process_kprobe"] } });
  assert.equal(asked.length, 1);
  feed.take({ type: "gap", data: { reason: "undecodable", types: ["process_kprobe", "process_exec"] } });
  assert.equal(asked.length, 2);
});

test("a gap while a list is on its way asks once more", async () => {
  const { tree, feed, answer } = scripted();
  feed.load();
  feed.take({ type: "gap", data: {} });
  await answer(0, "b-8", "one");
  await answer(1, "b-20", "two");
  assert.deepEqual(tree.seen, ["list one", "list two"]);
});

test("more events than can wait ask once more, and nothing is kept without bound", async () => {
  const { tree, feed, answer } = scripted();
  feed.load();
  for (let sequence = 1; sequence <= 30_000; sequence += 1) feed.take(exec(`b-${sequence}`, sequence));
  await answer(0, "b-10", "one");
  await answer(1, "b-29998", "two");
  assert.deepEqual(tree.seen, ["list one", "list two", "exec 29999", "exec 30000"]);
});

test("a tree that events leave incomplete is listed anew, once for all of them", async () => {
  const { tree, feed, answer, asked, timers } = scripted();
  feed.load();
  await answer(0, "b-1", "one");
  feed.take(exec("b-2", "known"));
  assert.equal(timers.length, 0);
  tree.isIncomplete = true;
  feed.take(exec("b-3", "orphan"));
  feed.take(exec("b-4", "orphan"));
  assert.deepEqual([timers.length, asked.length], [1, 1]);
  timers[0]();
  await answer(1, "b-4", "two");
  tree.isIncomplete = false;
  feed.take(exec("b-5", "later"));
  assert.equal(timers.length, 1);
  assert.deepEqual(tree.seen.slice(-2), ["list two", "exec later"]);
});

test("a list that fails is a problem, and the next one mends it", async () => {
  const { tree, feed, asked, answer, changes, settle } = scripted();
  feed.load();
  asked[0].reject(new Error("no"));
  await settle();
  assert.equal(changes[0].message, "no");
  feed.load();
  await answer(1, "b-1", "one");
  assert.deepEqual(tree.seen, ["list one"]);
  assert.equal(changes[1], null);
});
