// The rows of the event table: filled from a template, reused when they leave the view.

import { clock } from "./event.js";
import { viewOf } from "./history.js";
import { clipped } from "./visible.js";

/** Characters of one argument that a row shows; the detail pane has all of them. */
const valueLimit = 240;

export class Rows {
  #body;
  #rows = new Map(); // key of the entry -> row
  #entries = new WeakMap(); // row -> entry
  #spare = [];

  constructor(body) {
    this.#body = body;
  }

  entryAt(row) { return row && this.#entries.get(row); }

  /** Makes the table show exactly these, moving no row that stays. `first` is the first one's index. */
  show(entries, first, selected) {
    const wanted = new Set(entries.map(({ key }) => key));
    for (const [key, row] of this.#rows) if (!wanted.has(key)) this.#retire(key, row);
    let next = this.#body.firstElementChild;
    entries.forEach((entry, index) => {
      const row = this.#rows.get(entry.key) ?? this.#make(entry);
      if (row === next) next = next.nextElementSibling;
      else this.#body.insertBefore(row, next);
      row.setAttribute("aria-rowindex", first + index + 2); // the header is 1
      if (entry.kind === "event") row.setAttribute("aria-selected", entry.key === selected);
    });
  }

  #retire(key, row) {
    row.remove();
    this.#rows.delete(key);
    this.#entries.delete(row);
    if (row.dataset.kind === "event") this.#spare.push(row);
  }

  #make(entry) {
    const row = entry.kind === "event" ? this.#eventRow(viewOf(entry)) : markerRow(entry);
    row.id = `row-${entry.key}`;
    this.#rows.set(entry.key, row);
    this.#entries.set(row, entry);
    return row;
  }

  #eventRow(view) {
    const row = this.#spare.pop() ?? clone("event-row");
    const [time, policy, process, call, args, result] = row.cells;
    time.textContent = clock(view.time);
    time.title = view.time;
    policy.textContent = view.policy;
    const fate = view.enforcement;
    if (fate) row.dataset.enforcement = fate.state;
    else delete row.dataset.enforcement; // rows are used again
    const word = fate ? `${fate.word} ` : ""; // the space is for those who hear or copy the row
    fill(process, { fate: word, folder: view.folder, program: view.program, pid: view.pid });
    process.title = clipped(view.commandLine, 1000);
    const [, prefix, name] = /^(__(?:x64|ia32|arm64)_)?(.*)$/s.exec(view.call);
    fill(call, { prefix: prefix ?? "", name });
    call.title = view.call;
    args.replaceChildren(...view.args.flatMap(argumentNodes));
    args.title = clipped(view.argsText, 1000);
    result.textContent = view.result.value;
    result.dataset.state = view.result.failed ? "failed" : "ok";
    return row;
  }
}

function argumentNodes({ label, value, kind }, index) {
  const nodes = index > 0 ? [" "] : [];
  if (label) nodes.push(span("label", `${label}=`));
  return [...nodes, span(kind, clipped(value, valueLimit))];
}

function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function markerRow({ kind, text }) {
  const row = clone("marker-row");
  row.dataset.kind = kind;
  row.dataset.testid = `${kind}-row`;
  row.cells[0].textContent = text;
  return row;
}

const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

function fill(element, texts) {
  for (const [name, text] of Object.entries(texts)) {
    element.querySelector(`[data-part=${name}]`).textContent = text;
  }
}
