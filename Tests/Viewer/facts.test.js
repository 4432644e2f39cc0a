import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../public/modules/event.js";
import { factsOfEvent, factsOfProcess } from "../../public/modules/facts.js";

const init = { exec_id: "i", pid: 1, binary: "/sbin/init" };
const shell = { exec_id: "s", pid: 10, binary: "/bin/sh", arguments: "-c \u202etxt" };
const list = (facts) => facts.map(({ name, text }) => `${name}: ${text}`);

test("an event leads to its process and its parent", () => {
  const event = { process_exit: { process: shell, parent: init, signal: "SIGKILL" }, node_name: "n", time: "t" };
  const facts = factsOfEvent(event, describe(event));
  assert.deepEqual(list(facts), [
    "Time: t", "Process: /bin/sh -c \\u202etxt (pid 10)", "Parent: /sbin/init (pid 1)", "Ended: SIGKILL", "Node: n",
  ]);
  assert.deepEqual(facts.map(({ process }) => process?.exec_id), [undefined, "s", "i", undefined, undefined]);
});

test("a process leads to those above and below it, and to what it was before", () => {
  const before = { exec_id: "b", pid: 10, binary: "/bin/bash" };
  const facts = factsOfProcess({
    process: { ...shell, uid: 0, user: { name: "root" }, flags: "execve", docker: "abc" },
    running: true, ancestors: [before, init, { pid: 0, exec_id: "k", binary: "<kernel>" }],
    children: [{ exec_id: "c", pid: 11, binary: "/bin/ls" }], children_left_out: 3,
  });
  assert.deepEqual(list(facts), [
    "State: running", "Binary: /bin/sh", "Arguments: -c \\u202etxt", "User: 0 root", "Container: abc", "Flags: execve",
    "Before: /bin/bash (pid 10)", "Parent: /sbin/init (pid 1)", "Ancestor: <kernel> (pid 0)", "Child: /bin/ls (pid 11)",
    "Children: and 3 more",
  ]);
  assert.deepEqual(facts.slice(6, 10).map(({ process }) => process.exec_id), ["b", "i", "k", "c"]);
});

test("a process without an exec_id leads nowhere", () => {
  const event = { process_exec: { process: { pid: 9 } } };
  const [fact] = factsOfEvent(event, describe(event));
  assert.deepEqual([fact.name, fact.text, fact.process], ["Process", " (pid 9)", undefined]);
});
