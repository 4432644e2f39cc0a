// Filter, pause, clear and the counters; decides when the table is drawn.

import { delayed } from "./page.js";

const number = new Intl.NumberFormat("en");
const byId = (id) => document.getElementById(id);

export class Toolbar {
  #history;
  #timeline;
  #scheduled = false;
  #pausedBy = null; // "button" or "scrolling"
  #samples = [];

  constructor({ history, timeline, onFilter }) {
    this.#history = history;
    this.#timeline = timeline;
    byId("filter").addEventListener("input", delayed(120, onFilter));
    byId("pause").addEventListener("click", () => this.togglePause());
    byId("jump").addEventListener("click", () => this.#resume());
    byId("clear").addEventListener("click", () => {
      history.clear();
      timeline.reload();
      this.draw();
    });
    byId("scroller").addEventListener("scroll", () => this.#scrolled());
    setInterval(() => this.#countRate(), 1000);
  }

  filter(text) {
    byId("filter").value = text;
    byId("filter").dispatchEvent(new Event("input"));
  }

  togglePause() {
    if (this.#pausedBy) this.#resume();
    else this.#pause("button");
  }

  /** Draws in the next frame, however often it is asked. */
  draw() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#timeline.render();
      this.#show();
    });
  }

  #pause(by) {
    this.#pausedBy = by;
    this.#history.pause();
    this.draw();
  }

  #resume() {
    this.#pausedBy = null;
    this.#history.resume();
    this.#timeline.reload();
    this.draw();
  }

  /** A reader who scrolls up reads: the table holds still until they are back at its end. */
  #scrolled() {
    if (!this.#pausedBy && !this.#timeline.atEnd) this.#pause("scrolling");
    else if (this.#pausedBy === "scrolling" && this.#timeline.atEnd) this.#resume();
  }

  #show() {
    const { received, lost, held } = this.#history;
    byId("received").textContent = number.format(received);
    byId("lost").textContent = number.format(lost);
    byId("lost").dataset.state = lost > 0 ? "some" : "none";
    byId("stream").dataset.state = this.#pausedBy ?? "following";
    byId("stream").dataset.rows = this.#timeline.count > 0 ? "some" : "none";
    byId("pause").setAttribute("aria-pressed", this.#pausedBy === "button");
    byId("pause").textContent = this.#pausedBy === "button" ? "Resume" : "Pause";
    byId("jump").hidden = !this.#pausedBy;
    byId("jump").textContent = held > 0 ? `${number.format(held)} new – show` : "Back to the newest";
  }

  /** Events per second, over the last three seconds. */
  #countRate() {
    this.#samples.push(this.#history.received);
    if (this.#samples.length > 4) this.#samples.shift();
    const gained = this.#samples.at(-1) - this.#samples[0];
    byId("rate").textContent = number.format(Math.round(gained / Math.max(1, this.#samples.length - 1)));
  }
}
