// What the page remembers of the stream: the latest entries, and, while paused, those that wait.
// An entry is `{ key, kind: "event", event, view }`, or a marker `{ key, kind, text }` between events.
//
// Lives of processes, which are many, have room of their own, so that they do not push out what
// policies report.

import { describe, isLife } from "./event.js";

export class History {
  #entries = [[], []]; // by lane
  #waiting = [[], []];
  #overflow = 0;
  #held = 0;
  #nextKey = 0;
  #paused = false;

  /** Every event that arrived, shown or not. */
  received = 0;
  /** Events that the server says this page will never see. */
  lost = 0;

  /** `limit` lives, and as many others. */
  constructor(limit = 5000) {
    this.limit = limit;
  }

  get paused() { return this.#paused; }
  /** How many events of policies arrived since the pause began, those without room included. */
  get held() { return this.#held; }
  get lastKey() { return newestFirst(this.#entries).next().value?.key; }

  addEvent(event) {
    this.received += 1;
    if (this.#paused && !isLife(event)) this.#held += 1;
    this.#add({ key: this.#nextKey++, kind: "event", event, view: null });
  }

  addMarker(kind, text, { lost = 0 } = {}) {
    this.lost += lost;
    this.#add({ key: this.#nextKey++, kind, text });
  }

  #add(entry) {
    const lane = (this.#paused ? this.#waiting : this.#entries)[laneOf(entry)];
    lane.push(entry);
    const gone = this.#trim(lane).filter(isEvent).length;
    if (this.#paused) this.#overflow += gone;
  }

  /** Removes the oldest. Doing so costs the whole array, so it is done in strides. */
  #trim(lane, slack = this.limit / 4) {
    const excess = lane.length - this.limit;
    return excess > slack ? lane.splice(0, excess) : [];
  }

  pause() { this.#paused = true; }

  resume() {
    this.#paused = false;
    const waiting = this.#waiting;
    if (this.#overflow > 0) {
      const gone = waiting.flatMap((lane) => this.#trim(lane, 0));
      // The marker stands among them.
      if (waiting[0].length === this.limit) gone.push(waiting[0].shift());
      const count = (this.#overflow + gone.filter(isEvent).length).toLocaleString("en");
      this.addMarker("skipped", `${count} events not kept while paused`);
    }
    this.#forgetWaiting();
    for (const entry of [...newestFirst(waiting)].reverse()) this.#add({ ...entry, key: this.#nextKey++ });
  }

  clear() {
    this.#entries = [[], []];
    this.#forgetWaiting();
  }

  #forgetWaiting() {
    this.#waiting = [[], []];
    this.#overflow = 0;
    this.#held = 0;
  }

  /** The last `count` entries after `key` that pass, oldest first. Markers always pass. */
  latest(count, passes, key = -1) {
    const found = [];
    for (const entry of newestFirst(this.#entries)) {
      if (entry.key <= key || found.length === count) break;
      if (!isEvent(entry) || passes(viewOf(entry))) found.push(entry);
    }
    return found.reverse();
  }
}

const isEvent = (entry) => entry.kind === "event";
const laneOf = (entry) => (isEvent(entry) && isLife(entry.event) ? 1 : 0);

/** The entries of both lanes, by falling keys. */
function* newestFirst([one, other]) {
  let [first, second] = [one.length - 1, other.length - 1];
  while (first >= 0 || second >= 0) {
    const isFirst = second < 0 || (first >= 0 && one[first].key > other[second].key);
    yield isFirst ? one[first--] : other[second--];
  }
}

/** An event is described when it is first needed: most of a flood never is. */
export function viewOf(entry) {
  entry.view ??= describe(entry.event);
  return entry.view;
}
