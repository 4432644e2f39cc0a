// A queue with one reader that waits. Turns callbacks into something a loop can await.

export class Mailbox {
  #items = [];
  #wake = () => {};

  put(item) {
    this.#items.push(item);
    this.#wake();
  }

  /** All that is there, waiting for the first item at most this long. Empty when nothing came. */
  async take(milliseconds, signal) {
    if (this.#items.length === 0 && !signal?.aborted) await this.#wait(milliseconds, signal);
    return this.#items.splice(0);
  }

  #wait(milliseconds, signal) {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      signal?.addEventListener("abort", finish, { once: true });
      this.#wake = finish;
    });
  }
}
