// What the pane beside the table says of an event, and of a process: `{ name, text, state, process }`,
// the most telling first. A fact with a process leads to it.

import { endingOf } from "./event.js";
import { clipped, visible } from "./visible.js";

/** Characters of one fact; the JSON beside it has all of them. */
const limit = 4000;

const commandLine = ({ binary, arguments: given }) => visible([binary, given].filter(Boolean).join(" "));
const title = (process) => `${commandLine(process)} (pid ${visible(process.pid)})`;

export function factsOfEvent(event, view) {
  const body = event[view.type] ?? {};
  const isExit = view.type === "process_exit";
  return kept([
    { name: "Time", text: view.time },
    { name: "Policy", text: view.policy },
    { name: "Message", text: visible(body.message ?? "") },
    { name: "Tags", text: visible((body.tags ?? []).join(", ")) },
    { name: "Action", text: view.enforcement?.action ?? "" },
    { name: "Enforcement", text: view.enforcement?.outcome ?? "", state: view.enforcement?.state },
    link("Process", body.process),
    link("Parent", body.parent),
    { name: "Directory", text: visible(body.process?.cwd ?? "") },
    { name: "User", text: visible(body.process?.uid ?? "") },
    ...view.args.map(({ label, value, kind }, index) => (
      { name: label || `Argument ${index + 1}`, text: value, state: kind })),
    {
      name: isExit ? "Ended" : "Return", text: isExit ? endingOf(body) : view.result.value,
      state: view.result.failed ? "failed" : "number",
    },
    { name: "Node", text: visible(event.node_name ?? "") },
  ]);
}

/** `family` is what `GET /v1/processes/{exec_id}` answers. */
export function factsOfProcess({ process, running, ancestors, children, children_left_out: leftOut }) {
  const state = running ? "running" : "has ended, or runs another program now";
  return kept([
    { name: "State", text: running === null ? "not known any more" : state },
    { name: "Started", text: visible(process.start_time ?? "") },
    { name: "Binary", text: visible(process.binary ?? "") },
    { name: "Arguments", text: visible(process.arguments ?? ""), state: "text" },
    { name: "Directory", text: visible(process.cwd ?? "") },
    { name: "User", text: visible([process.uid, process.user?.name].filter((part) => part !== undefined).join(" ")) },
    { name: "Container", text: visible(process.docker ?? "") },
    { name: "Flags", text: visible(process.flags ?? "") },
    ...ancestors.map((ancestor, index) => link(relation([process, ...ancestors], index), ancestor)),
    ...children.map((child) => link("Child", child)),
    { name: "Children", text: leftOut > 0 ? `and ${leftOut.toLocaleString("en")} more` : "" },
  ]);
}

/** What the one behind `index` is to it; a process that replaced its program comes from itself. */
function relation(line, index) {
  if (line[index].pid === line[index + 1].pid) return "Before";
  return line.slice(0, index + 1).every(({ pid }) => pid === line[0].pid) ? "Parent" : "Ancestor";
}

function link(name, process) {
  return { name, text: process ? title(process) : "", process: process?.exec_id ? process : undefined };
}

const kept = (facts) => facts.filter(({ text }) => text !== "")
  .map((fact) => ({ ...fact, text: clipped(fact.text, limit) }));
