// What concerns the page as a whole: keys, dropped files, a question, a delayed call.

import { visible } from "./visible.js";

/** Calls `keys[key]` unless the reader is typing or a dialog is open; `anywhere[key]` in fields too. */
export function onKeys(keys, anywhere) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input, textarea, select");
    const run = anywhere[event.key] ?? (typing ? undefined : keys[event.key]);
    if (!run) return;
    event.preventDefault();
    run();
  });
}

/** A file may be dropped anywhere on the page. */
export function onFileDrop(open) {
  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    document.body.dataset.drop = "true";
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) delete document.body.dataset.drop;
  });
  document.addEventListener("drop", (event) => {
    delete document.body.dataset.drop;
    if (!hasFile(event)) return;
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  });
}

/** Asks, in a dialog about a policy; answers true where the reader agrees. `texts` are more parts of it. */
export function confirmed(dialog, name, texts = {}) {
  for (const [part, text] of Object.entries({ name, ...texts })) {
    dialog.querySelector(`[data-part=${part}]`).textContent = visible(text);
  }
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Runs once, this long after the last call. */
export function delayed(milliseconds, run) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds, ...args);
  };
}
