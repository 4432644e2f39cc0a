// One event of the stream, reduced to what a row of the table shows. Every text is safe to show.

import { readArgument, readResult, writeArguments } from "./arguments.js";
import { readEnforcement } from "./enforcement.js";
import { visible } from "./visible.js";

/** The names under which the stream announces events, in Tetragon's words. */
export const eventTypes = [
  "process_kprobe", "process_tracepoint", "process_uprobe", "process_lsm",
  "process_exec", "process_exit",
];

/** Whether a program was started or a process ended, which no policy asked for. */
export const isLife = (envelope) => "process_exec" in envelope || "process_exit" in envelope;

/** What was called or happened, in one word. */
function callOf(type, body) {
  switch (type) {
    case "process_tracepoint": return `${body.subsys ?? ""}/${body.event ?? ""}`;
    case "process_uprobe": return body.symbol ?? "";
    case "process_exec": return "exec";
    case "process_exit": return "exit";
    default: return body.function_name ?? "";
  }
}

/** What an exec was given, or else the arguments of the call. */
function argumentsOf(type, body) {
  if (type !== "process_exec") return (body.args ?? []).map(readArgument);
  const given = body.process?.arguments;
  return given ? [{ label: "", value: visible(given), kind: "text" }] : [];
}

/** How a process ended, or else what the call returned. */
function resultOf(type, body) {
  if (type !== "process_exit") return readResult(body.return);
  return { value: endingOf(body), failed: Boolean(body.signal || body.status) };
}

/** `SIGSEGV`, or the exit status. */
export const endingOf = ({ signal, status }) => visible(signal ?? status ?? 0);

/** `/usr/bin/cat` as `["/usr/bin/", "cat"]`. */
export function splitPath(path) {
  const cut = path.lastIndexOf("/") + 1;
  return [path.slice(0, cut), path.slice(cut)];
}

export function describe(envelope) {
  const [type, body] = Object.entries(envelope)
    .find(([name, value]) => name.startsWith("process_") && value) ?? ["event", {}];
  const process = body.process ?? {};
  const [folder, program] = splitPath(visible(process.binary ?? ""));
  const args = argumentsOf(type, body);
  return {
    type,
    isLife: isLife(envelope),
    time: visible(envelope.time ?? ""),
    policy: visible(body.policy_name ?? ""),
    folder,
    program,
    pid: visible(process.pid ?? ""),
    commandLine: visible([process.binary, process.arguments].filter(Boolean).join(" ")),
    call: visible(callOf(type, body)),
    args,
    argsText: writeArguments(args),
    result: resultOf(type, body),
    enforcement: readEnforcement(body),
  };
}

/** `09:02:58.588627` in the reader's time zone; the text as it is where it is no time. */
export function clock(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const fraction = (/\.(\d+)/.exec(time)?.[1] ?? "").padEnd(6, "0").slice(0, 6);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${parts.map((part) => String(part).padStart(2, "0")).join(":")}.${fraction}`;
}
