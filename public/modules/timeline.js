// The table of events. The newest stands at the bottom, as in a log, and the view follows it until
// the reader scrolls away: then the table holds still and the history keeps what arrives.
//
// Only the rows in view are in the document. Two spacers stand for the others, so a flood of events
// costs what one screen costs.

import { viewOf } from "./history.js";
import { Rows } from "./rows.js";

const rowHeight = 26; // pixels
const margin = 6; // rows beyond each edge of the view

export class Timeline {
  #history;
  #scroller;
  #table;
  #rows;
  #entries = []; // those that pass the filter, oldest first
  #passes = () => true;
  #height = 0; // of the view; asking the document would make it lay out the table
  #readUpTo = -1;
  #selected = null; // a key
  #actions;

  /** `actions`: select(event, view), process(process) where the reader picks that of an event. */
  constructor(scroller, history, actions) {
    this.#history = history;
    this.#scroller = scroller;
    this.#table = scroller.querySelector("table");
    this.#rows = new Rows(scroller.querySelector("[data-part=rows]"));
    this.#actions = actions;
    scroller.style.setProperty("--row", `${rowHeight}px`);
    scroller.addEventListener("scroll", () => this.#history.paused && this.#draw());
    new ResizeObserver(() => {
      this.#height = scroller.clientHeight;
      this.#draw();
    }).observe(scroller);
    this.#table.addEventListener("keydown", (event) => this.#move(event));
    this.#table.addEventListener("click", ({ target }) => {
      if (String(getSelection())) return; // the reader is marking text
      const entry = this.#rows.entryAt(target.closest("tr"));
      if (entry?.kind !== "event") return;
      const process = target.closest("button") && entry.event[viewOf(entry).type]?.process;
      if (process) this.#actions.process(process);
      else this.#select(entry);
    });
  }

  /** Whether the newest row is in view. */
  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < rowHeight / 2;
  }

  get count() { return this.#entries.length; }

  filter(passes) {
    this.#passes = passes;
    this.reload();
  }

  /** Builds the table anew from the history. */
  reload() {
    this.#entries = [];
    this.#readUpTo = -1;
    this.render();
  }

  /** Adds what is new. Called at most once per frame. */
  render() {
    const limit = this.#history.limit;
    const added = this.#history.latest(limit, this.#passes, this.#readUpTo);
    this.#readUpTo = this.#history.lastKey ?? this.#readUpTo;
    this.#entries.push(...added);
    this.#entries.splice(0, this.#entries.length - limit);
    this.#draw();
  }

  #draw() {
    const total = this.#entries.length;
    const room = Math.ceil(this.#height / rowHeight) + 2 * margin;
    const following = !this.#history.paused;
    const above = following ? total : Math.floor(this.#scroller.scrollTop / rowHeight) - margin;
    const first = Math.max(0, Math.min(above, total - room));
    const last = Math.min(total, first + room);
    this.#rows.show(this.#entries.slice(first, last), first, this.#selected);
    this.#space("before", first);
    this.#space("after", total - last);
    this.#table.setAttribute("aria-rowcount", total + 1);
    if (following) this.#scroller.scrollTop = total * rowHeight; // more than there is: the end
  }

  #space(part, rows) {
    this.#scroller.querySelector(`[data-part=${part}]`).style.height = `${rows * rowHeight}px`;
  }

  #move(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, End: Infinity, Home: -Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const events = this.#entries.filter(({ kind }) => kind === "event");
    if (events.length === 0) return;
    const at = events.findIndex(({ key }) => key === this.#selected);
    const from = at < 0 ? events.length : at;
    const entry = events[Math.max(0, Math.min(events.length - 1, from + steps[event.key]))];
    this.#reveal(entry);
    this.#select(entry);
  }

  #reveal(entry) {
    const { scrollTop } = this.#scroller;
    const top = this.#entries.indexOf(entry) * rowHeight;
    const bottom = top + 2 * rowHeight - this.#height; // the header covers one row
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (bottom > scrollTop) this.#scroller.scrollTop = bottom;
  }

  #select(entry) {
    this.#selected = entry.key;
    this.#table.setAttribute("aria-activedescendant", `row-${entry.key}`);
    this.#draw();
    this.#actions.select(entry.event, viewOf(entry));
  }

  deselect() {
    this.#selected = null;
    this.#table.removeAttribute("aria-activedescendant");
    this.#draw();
  }
}
