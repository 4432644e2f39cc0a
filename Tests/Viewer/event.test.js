import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readArgument, readResult, writeArguments } from "../../public/modules/arguments.js";
import { errnoName } from "../../public/modules/errno.js";
import { clock, describe, eventTypes } from "../../public/modules/event.js";
import { makeFilter } from "../../public/modules/filter.js";
import { gapText } from "../../public/modules/gap.js";

const pipe2 = {
  process_kprobe: {
    process: { pid: 4121, binary: "/usr/bin/x", arguments: "a b" },
    function_name: "__x64_sys_pipe2",
    args: [
      { int32_list_arg: { values: [3, 4] }, label: "pipefd" },
      { int_arg: 524288, label: "flags" },
    ],
    return: { int_arg: 0 },
    policy_name: "pipe2",
  },
  node_name: "host",
  time: "2026-11-23T09:02:58.588627690Z",
};

test("a pipe2 event reads as one line", () => {
  const view = describe(pipe2);
  assert.equal(view.argsText, "pipefd=[3, 4] flags=524288");
  assert.deepEqual(view.result, { value: "0", failed: false });
  assert.deepEqual([view.folder, view.program, view.pid], ["/usr/bin/", "x", "4121"]);
  assert.deepEqual([view.policy, view.call], ["pipe2", "__x64_sys_pipe2"]);
});

test("a tracepoint stands where the function does", () => {
  const view = describe({
    process_tracepoint: {
      process: { pid: 7, binary: "/bin/x" },
      subsys: "sched", event: "sched_process_exec\u202e",
      args: [{ string_arg: "/bin/true", label: "filename" }, { int_arg: 7 }],
      policy_name: "executions",
    },
    time: "2026-11-23T09:02:58.588627690Z",
  });
  assert.ok(eventTypes.includes(view.type));
  assert.equal(view.call, "sched/sched_process_exec\\u202e");
  assert.equal(view.argsText, 'filename="/bin/true" 7');
  assert.deepEqual([view.policy, view.result.value], ["executions", ""]);
});

test("an exec shows what the program was given, and an exit how it went", () => {
  const process = { pid: 7, binary: "/bin/x", arguments: "a \n\u202e" };
  const exec = describe({ process_exec: { process, parent: {} } });
  assert.deepEqual([exec.call, exec.argsText, exec.result.value], ["exec", "a \\n\\u202e", ""]);
  const exit = (rest) => describe({ process_exit: { process, ...rest } }).result;
  assert.deepEqual(exit({}), { value: "0", failed: false });
  assert.deepEqual(exit({ status: 2 }), { value: "2", failed: true });
  assert.deepEqual(exit({ signal: "SIGSEGV" }), { value: "SIGSEGV", failed: true });
  assert.ok(exec.isLife && !describe(pipe2).isLife);
});

test("every kind of argument has a readable value", () => {
  const values = [
    [{ uint_arg: 1 }, "1"],
    [{ long_arg: "-1" }, "-1"],
    [{ size_arg: "18446744073709551615" }, "18446744073709551615"],
    [{ string_arg: "/etc/passwd" }, '"/etc/passwd"'],
    [{ string_arg: "/etc", truncated: true }, '"/etc"…'],
    [{ int32_list_arg: { values: [1, 2] }, truncated: true }, "[1, 2, …]"],
    [{ int32_list_arg: {} }, "[]"],
    [{ error_arg: { Message: "not written: the call failed" } }, "<not written: the call failed>"],
    [{ file_arg: { path: "/tmp/x" } }, '"/tmp/x"'],
    [{ sockaddr_arg: { family: "AF_INET", port: 80 } }, '{"family":"AF_INET","port":80}'],
  ];
  for (const [argument, expected] of values) assert.equal(readArgument(argument).value, expected);
});

test("an argument of another shape than its name promises does not break the row", () => {
  for (const argument of [{ int32_list_arg: null }, { error_arg: null }, { label: "x" }, {}]) {
    assert.equal(typeof readArgument(argument).value, "string");
  }
  assert.equal(describe({ process_kprobe: {} }).argsText, "");
  assert.equal(describe({}).type, "event");
});

test("labels and values cannot hide characters", () => {
  const read = [readArgument({ string_arg: "a\u202eb\n", label: "p\u200bath" })];
  assert.equal(writeArguments(read), 'p\\u200bath="a\\u202eb\\n"');
});

test("a negative return value carries its errno name", () => {
  assert.deepEqual(readResult({ int_arg: -9 }), { value: "-9 EBADF", failed: true });
  assert.deepEqual(readResult({ long_arg: "-11" }), { value: "-11 EAGAIN", failed: true });
  const pattern = { size_arg: "18446744073709551602" }; // -14 in 64 bits
  assert.deepEqual(readResult(pattern), { value: "-14 EFAULT", failed: true });
  assert.deepEqual(readResult({ int_arg: -5000 }), { value: "-5000", failed: false });
  assert.deepEqual(readResult(undefined), { value: "", failed: false });
});

test("errno numbers stand where Linux has them", () => {
  const known = {
    1: "EPERM", 2: "ENOENT", 22: "EINVAL", 38: "ENOSYS", 40: "ELOOP", 42: "ENOMSG", 75: "EOVERFLOW",
    95: "EOPNOTSUPP", 98: "EADDRINUSE", 110: "ETIMEDOUT", 111: "ECONNREFUSED", 133: "EHWPOISON",
    512: "ERESTARTSYS",
  };
  for (const [number, name] of Object.entries(known)) assert.equal(errnoName(-number), name);
  for (const unused of [-41, -58, -134, 0, 9, "x"]) assert.equal(errnoName(unused), null);
});

test("a time keeps its microseconds", () => {
  assert.match(clock(pipe2.time), /^\d\d:\d\d:58\.588627$/);
  assert.match(clock("2026-11-23T09:02:58Z"), /^\d\d:\d\d:58\.000000$/);
  assert.equal(clock("never"), "never");
});

test("the filter takes all words and refuses those with a mark", () => {
  const passes = (text) => makeFilter(text)(describe(pipe2));
  for (const text of ["", "PIPE2 [3,", "/usr/bin/x 4121", "flags=524288 !openat", "!"]) {
    assert.ok(passes(text), text);
  }
  for (const text of ["openat", "pipe2 !4121", "pipe2 nothing"]) assert.ok(!passes(text), text);
});

test("a gap says how many and why", () => {
  assert.equal(gapText({ lost: 1, reason: "restart" }), "1 event lost: the service was restarted");
  assert.match(gapText({ lost: 12000, reason: "evicted" }), /^12,000 events lost: /);
  assert.match(gapText({ lost: 0, reason: "unknown_id" }), /^Events may be missing: /);
});

test("every reason that the contract has for a gap is said in words", () => {
  const contract = readFileSync(new URL("../../openapi/openapi.yaml", import.meta.url), "utf8");
  const reasons = contract.match(/\n    Gap:\n[^]*?enum:\n((?: +- \w+\n)+)/)[1].match(/\w+/g);
  assert.ok(reasons.includes("kernel_ring_full"));
  for (const reason of reasons) assert.notEqual(gapText({ lost: 1, reason }), `1 event lost: ${reason}`);
});
