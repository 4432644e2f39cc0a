import assert from "node:assert/strict";
import { test } from "node:test";
import { ProcessTree } from "../../public/modules/tree.js";

const process = (execId, pid, above) => ({ exec_id: execId, pid, binary: `/bin/${execId}`, parent_exec_id: above });
const node = (of, ...children) => ({ process: of, children });
const init = process("init", 1);
const shell = process("shell", 10, "init");

/** `init shell(ls cat)` */
function draw(tree) {
  const write = ({ process: { exec_id: id }, children, ended }) => {
    const below = children.length > 0 ? `(${children.map(write).join(" ")})` : "";
    return `${id}${ended ? `:${ended.how}` : ""}${below}`;
  };
  return tree.roots.map(write).join(" ");
}

function loaded(options) {
  const tree = new ProcessTree(options);
  tree.load({ processes: [node(init, node(shell))], left_out: 0 });
  return tree;
}

test("a program that starts stands below its parent, stays a while when it has ended, and goes", () => {
  const tree = loaded({ linger: 100 });
  tree.exec({ process: process("ls", 11, "shell"), parent: shell });
  assert.equal(draw(tree), "init(shell(ls))");
  tree.exit({ process: process("ls", 11), status: 2 }, 1000);
  assert.equal(draw(tree), "init(shell(ls:2))");
  assert.equal(tree.sweep(1099), false);
  assert.equal(tree.sweep(1100), true);
  assert.equal(draw(tree), "init(shell)");
  assert.equal(tree.size, 2);
});

test("a process that replaces its program keeps its place, its children and its fold", () => {
  const tree = loaded();
  tree.exec({ process: process("ls", 11, "shell"), parent: shell });
  tree.node("shell").collapsed = true;
  const zsh = process("zsh", 10, "shell");
  tree.exec({ process: zsh, parent: shell });
  assert.equal(draw(tree), "init(zsh(ls))");
  assert.equal(tree.node("shell"), tree.node("zsh"), "children still name what it ran before");
  tree.exec({ process: process("cat", 12, "shell"), parent: shell });
  assert.equal(draw(tree), "init(zsh(ls cat))");
  assert.deepEqual(tree.rows().map(([{ pid }, level]) => [pid, level]), [[1, 1], [10, 2]]);
  tree.load({ processes: [node(init, node(zsh, node(process("ls", 11, "shell"))))], left_out: 0 });
  assert.equal(tree.rows().length, 2, "a new list does not unfold");
});

test("children of a process that goes move up", () => {
  const tree = loaded({ linger: 100 });
  tree.exec({ process: process("daemon", 11, "shell"), parent: shell });
  tree.exit({ process: shell, signal: "SIGHUP" }, 0);
  assert.equal(draw(tree), "init(shell:SIGHUP(daemon))");
  tree.sweep(100);
  assert.equal(draw(tree), "init(daemon)");
});

test("a parent that was only forked comes with its child's exec", () => {
  const tree = loaded();
  const fork = process("fork", 20, "shell");
  tree.exec({ process: process("ls", 21, "fork"), parent: fork });
  assert.equal(draw(tree), "init(shell(fork(ls)))");
  tree.exec({ process: process("cat", 20, "shell"), parent: shell });
  assert.equal(draw(tree), "init(shell(cat(ls)))");
});

test("who was started by somebody unknown stands at the top until the next list", () => {
  const tree = loaded({ linger: 100 });
  const outer = process("outer", 20, "shell");
  const inner = process("inner", 21, "outer");
  assert.equal(tree.isIncomplete, false);
  tree.exec({ process: process("ls", 22, "inner"), parent: inner });
  assert.equal(draw(tree), "init(shell) inner(ls)");
  assert.equal(tree.isIncomplete, true);
  tree.exit({ process: inner }, 0);
  tree.load({
    processes: [node(init, node(shell, node(outer, node(process("ls", 22, "inner")))))], left_out: 0,
  });
  assert.equal(draw(tree), "init(shell(outer(ls inner:0)))");
  assert.equal(tree.isIncomplete, false);
});

test("a number that is used again is another process", () => {
  const tree = loaded();
  tree.exec({ process: process("ls", 11, "shell"), parent: shell });
  tree.exit({ process: process("ls", 11) }, 0);
  tree.exec({ process: process("cat", 11, "init"), parent: init });
  assert.equal(draw(tree), "init(shell(ls:0) cat)");
  tree.exit({ process: process("ls", 11) }, 0);
  assert.equal(draw(tree), "init(shell(ls:0) cat)", "an old end does not end the new one");
  tree.sweep(Infinity);
  assert.equal(draw(tree), "init(shell cat)");
  tree.exit({ process: process("never", 99) }, 0);
  assert.equal(draw(tree), "init(shell cat)");
});

test("there is room for so many: who has ended goes first, then newcomers are counted", () => {
  const tree = loaded({ limit: 6 });
  for (let pid = 100; pid < 200; pid += 1) {
    tree.exec({ process: process(`p${pid}`, pid, "shell"), parent: shell });
    tree.exit({ process: process(`p${pid}`, pid) }, 0);
    assert.ok(tree.size <= 6);
  }
  assert.equal(tree.leftOut, 0);
  for (let pid = 200; pid < 210; pid += 1) tree.exec({ process: process(`p${pid}`, pid, "shell"), parent: shell });
  assert.equal(draw(tree), "init(shell(p200 p201 p202 p203))");
  assert.equal(tree.leftOut, 6);
});

test("a shell that replaces itself for ever is one process", () => {
  const tree = loaded();
  for (let turn = 0; turn < 1000; turn += 1) {
    const before = turn === 0 ? shell : process(`turn${turn - 1}`, 10);
    tree.exec({ process: process(`turn${turn}`, 10, before.exec_id), parent: before });
  }
  assert.equal(draw(tree), "init(turn999)");
  assert.equal(tree.node("turn3"), undefined);
  assert.ok(tree.node("turn998"));
});

test("a new list keeps who ended a moment ago, below whom it was", () => {
  const tree = loaded({ linger: 100 });
  tree.exec({ process: process("ls", 11, "shell"), parent: shell });
  tree.exec({ process: process("cat", 12, "ls"), parent: process("ls", 11) });
  tree.exit({ process: process("ls", 11) }, 0);
  const next = process("next", 11, "shell");
  tree.load({
    processes: [node(init, node(shell, node(process("cat", 12, "ls")), node(next)))], left_out: 0,
  });
  assert.equal(draw(tree), "init(shell(cat next ls:0))");
  const last = process("last", 11, "next");
  tree.exec({ process: last, parent: next });
  tree.exit({ process: last, status: 1 }, 50);
  assert.equal(draw(tree), "init(shell(cat last:1 ls:0))");
  tree.sweep(100);
  assert.equal(draw(tree), "init(shell(cat last:1))");
  assert.equal(tree.size, 4);
});

test("the kernel's threads are folded at first", () => {
  const tree = new ProcessTree();
  tree.load({ processes: [node(process("kthreadd", 2), node(process("kworker", 3)))], left_out: 7 });
  assert.equal(tree.rows().length, 1);
  assert.deepEqual([tree.size, tree.leftOut], [2, 7]);
});
