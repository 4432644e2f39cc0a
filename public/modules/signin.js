// The form that asks for a token where the service wants one, and who is signed in.

import { beginSession, endSession, whoCalls } from "./api.js";
import { visible } from "./visible.js";

export class SignIn {
  #dialog;
  #account;
  #onSignedIn;
  #isAsking = false;

  /** `account` shows who is signed in; `onSignedIn` is called when calls are served again. */
  constructor(dialog, account, onSignedIn) {
    this.#dialog = dialog;
    this.#account = account;
    this.#onSignedIn = onSignedIn;
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    account.querySelector("button").addEventListener("click", () => this.#leave());
  }

  /**
   * Finds out who is signed in, and opens the form where a token is needed. A call that was refused
   * may have been on its way before somebody signed in, so it is not enough to open it.
   */
  async refresh() {
    if (this.#isAsking || this.#dialog.open) return;
    this.#isAsking = true;
    try {
      this.#show(await whoCalls());
    } catch (problem) {
      if (problem.status === 401) this.#open();
    } finally {
      this.#isAsking = false;
    }
  }

  #open() {
    this.#account.hidden = true;
    this.#tell("idle", "");
    this.#dialog.showModal();
    this.#token.focus();
  }

  get #token() { return this.#dialog.querySelector("input"); }

  #tell(state, problem) {
    this.#dialog.dataset.state = state;
    this.#dialog.querySelector("[data-part=problem]").textContent = problem;
    this.#dialog.querySelector("[type=submit]").disabled = state === "sending";
  }

  async #send() {
    if (this.#dialog.dataset.state === "sending") return;
    this.#tell("sending", "");
    try {
      const caller = await beginSession(this.#token.value.trim());
      this.#token.value = "";
      this.#tell("idle", "");
      this.#dialog.close();
      this.#show(caller);
      this.#onSignedIn();
    } catch (problem) {
      this.#tell("failed", problem.status === 401 ? "The service does not know this token." : problem.message);
      this.#token.select();
    }
  }

  #show({ name, scope, session }) {
    this.#account.hidden = !session;
    const may = scope === "admin" ? "may change policies" : "may look";
    const text = name === null ? may : `${visible(name)}, ${may}`;
    this.#account.querySelector("[data-part=name]").textContent = text;
  }

  /** Begins anew: nothing that was shown stays. */
  async #leave() {
    await endSession().catch(() => null);
    location.reload();
  }
}
