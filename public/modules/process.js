// A row of the tree of processes.

import { splitPath } from "./event.js";
import { clipped, visible } from "./visible.js";

const deepest = 12; // levels that are set in; what is below stands under the last

/** Makes a row, of the template, show a node of the tree as it is now. */
export function drawProcess(row, { process, children, collapsed, ended }, level, isSelected) {
  const [folder, program] = splitPath(visible(process.binary ?? "unknown"));
  const part = (name) => row.querySelector(`[data-part=${name}]`);
  row.dataset.state = ended ? "ended" : "running";
  row.style.setProperty("--level", Math.min(level, deepest) - 1);
  row.setAttribute("aria-level", level);
  row.setAttribute("aria-selected", isSelected);
  if (children.length > 0) row.setAttribute("aria-expanded", !collapsed);
  else row.removeAttribute("aria-expanded");
  part("program").textContent = program || folder;
  part("pid").textContent = visible(process.pid);
  part("arguments").textContent = clipped(visible(process.arguments ?? ""), 120);
  part("ending").textContent = ended && ended.how !== "0" ? ended.how : "";
  row.title = clipped(visible([process.binary, process.arguments].filter(Boolean).join(" ")), 1000);
}
