// The state of the stream in the page's header, and the banner that says why there is none.

const labels = {
  connecting: "Connecting", live: "Live", reconnecting: "Reconnecting", stale: "Stale", closed: "Closed",
};

export class Connection {
  #element;
  #banner;
  #state = { state: "connecting" };

  /** `hurry` is told "now" when the reader does not want to wait for the next try. */
  constructor(element, banner, hurry) {
    this.#element = element;
    this.#banner = banner;
    banner.querySelector("button").addEventListener("click", () => hurry.dispatchEvent(new Event("now")));
  }

  show(state) {
    this.#state = { ...state, nextTry: Date.now() + (state.retryIn ?? 0) };
    this.#element.dataset.state = state.state;
    this.#element.textContent = labels[state.state];
    this.#element.title = state.reason ?? "";
    this.#banner.hidden = !state.reason || state.state === "live";
    this.#banner.dataset.state = state.state;
    this.tick();
  }

  /** Counts down to the next try. */
  tick() {
    if (this.#banner.hidden) return;
    const { state, reason, nextTry } = this.#state;
    const seconds = Math.ceil((nextTry - Date.now()) / 1000);
    const next = seconds > 0 ? `Next try in ${seconds} s.` : "Trying again.";
    this.#banner.querySelector("[data-part=reason]").textContent = `${labels[state]}: ${reason}. ${next}`;
    this.#banner.querySelector("button").hidden = seconds <= 0;
  }
}
