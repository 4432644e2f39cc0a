// The processes that run, each below the nearest above it that runs. No DOM in this file.
//
// Begins with what the service lists, and follows its events. A process that ended stays a while,
// and hands its children on when it goes. A node is
// { key, pid, process, execIds, parent, children, collapsed, ended }: `process` the object of the
// events, `ended` null or { at, how }.

import { endingOf } from "./event.js";

/** What a process ran before is found under its old `exec_id`, so many times. */
const names = 8;

export class ProcessTree {
  #byPid = new Map(); // pid -> the node of the process that has it, or had it last
  #byExecId = new Map();
  #ended = []; // oldest first
  #linger;

  roots = [];
  /** How many nodes there are. */
  size = 0;
  /** Processes that run and found no room. */
  leftOut = 0;
  /** Whether somebody stands at the top because nothing told who is above: two forks, one exec. */
  isIncomplete = false;

  /** `limit` nodes at most; one that ended stays for `linger` milliseconds. */
  constructor({ limit = 2000, linger = 4000 } = {}) {
    this.limit = limit;
    this.#linger = linger;
  }

  /**
   * Starts anew from `GET /v1/processes?view=tree`. What the reader folded stays so, and who ended
   * a moment ago stays as long as it would have.
   */
  load({ processes, left_out: leftOut }) {
    const before = this.#byPid;
    const ended = this.#ended;
    this.#byPid = new Map();
    this.#byExecId = new Map();
    this.#ended = [];
    this.roots = [];
    this.size = 0;
    this.leftOut = leftOut;
    this.isIncomplete = false;
    const add = ({ process, children }, parent) => {
      const node = this.#add(process, parent);
      if (!node) return;
      const known = before.get(process.pid);
      if (known && !known.ended) Object.assign(node, { key: known.key, collapsed: known.collapsed });
      for (const child of children) add(child, node);
    };
    for (const root of processes) add(root, null);
    for (const node of ended) this.#keep(node);
  }

  /** Takes over who ended; its children stand elsewhere by now. */
  #keep({ key, process, parent, ended }) {
    const heir = this.#byPid.get(process.pid); // of its number
    const above = parent && this.#byExecId.get(parent.process.exec_id);
    const node = this.#add(process, above ?? this.#byExecId.get(process.parent_exec_id));
    if (!node) return;
    this.#byPid.set(node.pid, heir ?? node);
    this.#ended.push(Object.assign(node, { key, ended }));
  }

  /** Takes a `process_exec`. */
  exec({ process, parent }) {
    this.#makeRoom();
    const known = this.#running(process.pid);
    if (known) {
      known.process = process;
      this.#name(known);
      // It was there before whoever started it was known, or its number is another's now.
      if (parent && parent.pid !== process.pid) this.#move(known, this.#find(parent));
      return;
    }
    this.#add(process, parent && (parent.pid === process.pid ? this.#above(parent) : this.#find(parent)));
  }

  /** Takes a `process_exit`; one that was never seen, such as of a short fork, changes nothing. */
  exit(body, now = Date.now()) {
    const node = this.#byExecId.get(body.process.exec_id);
    if (!node || node.ended) return;
    node.ended = { at: now, how: endingOf(body) };
    this.#ended.push(node);
  }

  /** Drops who ended long enough ago; answers whether there was one. */
  sweep(now = Date.now()) {
    const due = this.#ended.findIndex(({ ended }) => now - ended.at < this.#linger);
    const gone = this.#ended.splice(0, due < 0 ? this.#ended.length : due);
    for (const node of gone) this.#drop(node);
    return gone.length > 0;
  }

  /** What an `exec_id` names, if it is in the tree. */
  node(execId) { return this.#byExecId.get(execId); }

  /** Everything that is unfolded, from the top: `[node, level]`. */
  rows() {
    const rows = [];
    const add = (nodes, level) => {
      for (const node of nodes) {
        rows.push([node, level]);
        if (!node.collapsed) add(node.children, level + 1);
      }
    };
    add(this.roots, 1);
    return rows;
  }

  /** For a process and a parent that was only forked. Before either is looked for: it may go. */
  #makeRoom() {
    while (this.size > this.limit - 2 && this.#ended.length > 0) this.#drop(this.#ended.shift());
  }

  #running(pid) {
    const node = this.#byPid.get(pid);
    return node?.ended ? undefined : node;
  }

  /** The node of a parent that an event shows, made where it is not known: it was only forked. */
  #find(process) {
    return this.#byExecId.get(process.exec_id) ?? this.#running(process.pid)
      ?? this.#add(process, this.#above(process));
  }

  #above(process) {
    const above = this.#byExecId.get(process.parent_exec_id) ?? null;
    if (!above) this.isIncomplete = true;
    return above;
  }

  #add(process, parent) {
    if (this.size >= this.limit) {
      this.leftOut += 1;
      return null;
    }
    const key = process.exec_id ?? `pid ${process.pid}`;
    // The kernel's own threads, all below this one, are many, and seldom what is looked for.
    const collapsed = process.pid === 2;
    const node = {
      key, pid: process.pid, process, execIds: [], parent: parent ?? null, children: [], collapsed, ended: null,
    };
    this.size += 1;
    this.#byPid.set(process.pid, node);
    this.#name(node);
    this.#siblings(node.parent).push(node);
    return node;
  }

  #name(node) {
    const execId = node.process.exec_id;
    if (!execId) return;
    this.#byExecId.set(execId, node);
    node.execIds.push(execId);
    if (node.execIds.length > names) this.#byExecId.delete(node.execIds.shift());
  }

  #siblings(parent) { return parent ? parent.children : this.roots; }

  #move(node, parent) {
    if (node.parent === parent) return;
    for (let above = parent; above; above = above.parent) if (above === node) return;
    remove(this.#siblings(node.parent), node);
    this.#siblings(parent).push(node);
    node.parent = parent;
  }

  #drop(node) {
    for (const child of [...node.children]) this.#move(child, node.parent);
    remove(this.#siblings(node.parent), node);
    if (this.#byPid.get(node.pid) === node) this.#byPid.delete(node.pid);
    for (const execId of node.execIds) this.#byExecId.delete(execId);
    this.size -= 1;
  }
}

function remove(nodes, node) {
  const at = nodes.indexOf(node);
  if (at >= 0) nodes.splice(at, 1);
}
