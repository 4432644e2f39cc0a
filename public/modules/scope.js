// Which kinds of events the table shows: what policies report, by default; lives of processes too,
// where the reader asks; everything of one process, where the reader picks it.

import { splitPath } from "./event.js";
import { visible } from "./visible.js";

export class Scope {
  #lives;
  #pinned;
  #process = null;
  #onChange;

  /** `lives` and `pinned` are the buttons that switch the one, and that say and end the other. */
  constructor({ lives, pinned }, onChange) {
    this.#lives = lives;
    this.#pinned = pinned;
    this.#onChange = onChange;
    lives.addEventListener("click", () => this.showLives(!this.#showsLives));
    pinned.addEventListener("click", () => this.pin(null));
  }

  get #showsLives() { return this.#lives.getAttribute("aria-pressed") === "true"; }

  showLives(shows) {
    this.#lives.setAttribute("aria-pressed", shows);
    this.#onChange();
  }

  /** Shows the events of this process alone, its lives included; of all again, without one. */
  pin(process) {
    this.#process = process;
    this.#pinned.hidden = !process;
    if (process) {
      const [folder, program] = splitPath(visible(process.binary ?? ""));
      this.#pinned.querySelector("[data-part=process]").textContent = `${program || folder} ${process.pid}`;
    }
    this.#onChange();
  }

  /** Whether a described event is in it. */
  takes(view) {
    if (this.#process) return view.pid === String(this.#process.pid);
    return !view.isLife || this.#showsLives;
  }
}
