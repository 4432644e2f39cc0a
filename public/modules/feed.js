// Keeps a tree of processes true: begins with what the service lists, then follows the stream.
// No DOM in this file.
//
// A list says up to which event it is true (`as_of`), so events that it knows are passed over, and
// those that come while it is on its way wait for it.

import { missesLives } from "./gap.js";

/** Events that wait for a list, at most. With more, another list is asked for. */
const patience = 10_000;

/** Milliseconds until a tree that events left incomplete is listed anew. */
const soon = 1500;

export class ProcessFeed {
  #tree;
  #list;
  #onChange;
  #asOf = null; // { boot, sequence }
  #waiting = null; // events while a list is on its way
  #overflowed = false;
  #later;
  #isDue = false; // another list, soon

  /**
   * `list` answers `GET /v1/processes?view=tree`; `onChange(problem)` is told of every change. The
   * rest stands in for a timer in tests.
   */
  constructor(tree, { list, onChange, later = (run) => setTimeout(run, soon) }) {
    this.#tree = tree;
    this.#later = later;
    this.#list = list;
    this.#onChange = onChange;
  }

  /** Asks for the list; once more where an event after it was lost meanwhile. */
  async load() {
    if (this.#waiting) return;
    this.#waiting = [];
    try {
      do {
        this.#overflowed = false;
        const answer = await this.#list();
        this.#tree.load(answer);
        this.#asOf = place(answer.as_of);
      } while (this.#overflowed);
      const waiting = this.#waiting;
      this.#waiting = null;
      for (const item of waiting) this.#apply(item);
      this.#onChange(null);
    } catch (problem) {
      this.#waiting = null;
      this.#onChange(problem);
    }
  }

  /** Takes an item of the stream: what is not about lives of processes changes nothing. */
  take(item) {
    if (item.type === "gap") return missesLives(item.data) ? this.#lose() : undefined;
    if (!item.event?.process_exec && !item.event?.process_exit) return;
    if (this.#waiting) {
      this.#waiting.push(item);
      if (this.#waiting.length > patience) {
        this.#waiting = this.#waiting.slice(-patience / 2);
        this.#overflowed = true;
      }
    } else if (this.#asOf && this.#apply(item)) this.#onChange(null);
  }

  /** Events were lost, so only a new list is true; one on its way may have been made before. */
  #lose() {
    if (this.#waiting) this.#overflowed = true;
    else this.load();
  }

  #apply({ event, id }) {
    const { boot, sequence } = place(id);
    if (boot !== this.#asOf.boot || sequence <= this.#asOf.sequence) return false;
    if (event.process_exec) this.#tree.exec(event.process_exec);
    else this.#tree.exit(event.process_exit);
    if (this.#tree.isIncomplete) this.#loadSoon();
    return true;
  }

  #loadSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#later(() => {
      this.#isDue = false;
      this.load();
    });
  }
}

/** The parts of an event's id. */
function place(id) {
  const [boot, sequence] = id.split("-");
  return { boot, sequence: Number(sequence) };
}
