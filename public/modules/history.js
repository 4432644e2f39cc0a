// What the page remembers of the stream: the latest entries, and, while paused, those that wait.
// An entry is `{ key, kind: "event", event, view }`, or a marker `{ key, kind, text }` between events.

import { describe } from "./event.js";

export class History {
  #entries = [];
  #waiting = [];
  #overflow = 0;
  #held = 0;
  #nextKey = 0;
  #paused = false;

  /** Every event that arrived, shown or not. */
  received = 0;
  /** Events that the server says this page will never see. */
  lost = 0;

  constructor(limit = 5000) {
    this.limit = limit;
  }

  get paused() { return this.#paused; }
  /** How many events arrived since the pause began, those that found no room included. */
  get held() { return this.#held; }
  get lastKey() { return this.#entries.at(-1)?.key; }

  addEvent(event) {
    this.received += 1;
    if (this.#paused) this.#held += 1;
    this.#add({ key: this.#nextKey++, kind: "event", event, view: null });
  }

  addMarker(kind, text, { lost = 0 } = {}) {
    this.lost += lost;
    this.#add({ key: this.#nextKey++, kind, text });
  }

  #add(entry) {
    if (!this.#paused) {
      this.#entries.push(entry);
      this.#trim(this.#entries);
    } else {
      this.#waiting.push(entry);
      this.#overflow += this.#trim(this.#waiting).filter(isEvent).length;
    }
  }

  /** Removes the oldest. Doing so costs the whole array, so it is done in strides. */
  #trim(entries, slack = this.limit / 4) {
    const excess = entries.length - this.limit;
    return excess > slack ? entries.splice(0, excess) : [];
  }

  pause() { this.#paused = true; }

  resume() {
    this.#paused = false;
    const waiting = this.#waiting;
    if (this.#overflow > 0) {
      this.#overflow += this.#trim(waiting, 0).concat(waiting.shift()).filter(isEvent).length;
      const count = this.#overflow.toLocaleString("en");
      this.addMarker("skipped", `${count} events not kept while paused`);
    }
    this.#forgetWaiting();
    for (const entry of waiting) this.#add({ ...entry, key: this.#nextKey++ });
  }

  clear() {
    this.#entries = [];
    this.#forgetWaiting();
  }

  #forgetWaiting() {
    this.#waiting = [];
    this.#overflow = 0;
    this.#held = 0;
  }

  /** The last `count` entries after `key` that pass, oldest first. Markers always pass. */
  latest(count, passes, key = -1) {
    const found = [];
    for (let at = this.#entries.length - 1; at >= 0 && found.length < count; at -= 1) {
      const entry = this.#entries[at];
      if (entry.key <= key) break;
      if (!isEvent(entry) || passes(viewOf(entry))) found.push(entry);
    }
    return found.reverse();
  }
}

const isEvent = (entry) => entry.kind === "event";

/** An event is described when it is first needed: most of a flood never is. */
export function viewOf(entry) {
  entry.view ??= describe(entry.event);
  return entry.view;
}
