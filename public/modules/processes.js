// The panel with the tree of processes. Only the rows in view are in the document.

import { drawProcess } from "./process.js";

const rowHeight = 22; // pixels
const margin = 6; // rows beyond each edge of the view

export class Processes {
  #panel;
  #tree;
  #list;
  #scroller;
  #rows = new Map(); // key of the node -> row
  #nodes = new WeakMap(); // row -> node
  #selected = null; // a key
  #scheduled = false;
  #onSelect;

  /** `onSelect` is told the process object that was chosen. */
  constructor(panel, tree, onSelect) {
    this.#panel = panel;
    this.#tree = tree;
    this.#onSelect = onSelect;
    this.#scroller = panel.querySelector("[data-part=scroller]");
    this.#list = panel.querySelector("[data-part=list]");
    this.#scroller.addEventListener("scroll", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.#scroller);
    this.#list.addEventListener("click", ({ target }) => this.#click(target));
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#scroller.style.setProperty("--row", `${rowHeight}px`);
  }

  /** Says why the tree is not true. */
  tell(problem) {
    this.#panel.dataset.state = problem ? "error" : "ready";
    this.#panel.querySelector("[data-part=problem]").textContent = problem?.message ?? "";
  }

  /** Draws in the next frame, however often it is asked. */
  draw() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#show();
    });
  }

  /** Marks the process that is shown elsewhere, and brings it into view, if it is in the tree. */
  select(execId) {
    const node = this.#tree.node(execId);
    this.#selected = node?.key ?? null;
    for (let above = node?.parent; above; above = above.parent) above.collapsed = false;
    this.#show();
    if (node) this.#reveal(this.#tree.rows().findIndex(([shown]) => shown === node));
  }

  #show() {
    const rows = this.#tree.rows();
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.min(Math.floor(scrollTop / rowHeight) - margin, rows.length));
    const shown = rows.slice(first, first + Math.ceil(clientHeight / rowHeight) + 2 * margin);
    const wanted = new Set(shown.map(([{ key }]) => key));
    for (const [key, row] of this.#rows) if (!wanted.has(key)) this.#retire(key, row);
    let next = this.#list.firstElementChild;
    for (const [node, level] of shown) {
      const row = this.#rows.get(node.key) ?? this.#make(node.key);
      if (row === next) next = next.nextElementSibling;
      else this.#list.insertBefore(row, next);
      this.#nodes.set(row, node);
      drawProcess(row, node, level, node.key === this.#selected);
    }
    this.#list.style.paddingTop = `${first * rowHeight}px`;
    this.#list.style.paddingBottom = `${(rows.length - first - shown.length) * rowHeight}px`;
    if (this.#selected) this.#list.setAttribute("aria-activedescendant", `process-${this.#selected}`);
    else this.#list.removeAttribute("aria-activedescendant");
    const { leftOut, size } = this.#tree;
    const more = leftOut > 0 ? ` of ${(size + leftOut).toLocaleString("en")}` : "";
    this.#panel.querySelector("[data-part=count]").textContent = `${size.toLocaleString("en")}${more}`;
  }

  #retire(key, row) {
    row.remove();
    this.#rows.delete(key);
  }

  #make(key) {
    const row = document.getElementById("process-row").content.firstElementChild.cloneNode(true);
    row.id = `process-${key}`;
    this.#rows.set(key, row);
    return row;
  }

  #click(target) {
    const node = this.#nodes.get(target.closest("li"));
    if (!node) return;
    if (target.dataset.part === "fold" && node.children.length > 0) this.#fold(node, !node.collapsed);
    else this.#choose(node);
  }

  #fold(node, collapsed) {
    node.collapsed = collapsed;
    this.draw();
  }

  #choose(node) {
    this.#selected = node.key;
    this.draw();
    this.#onSelect(node.process);
  }

  #key(event) {
    const rows = this.#tree.rows().map(([node]) => node);
    const at = rows.findIndex(({ key }) => key === this.#selected);
    const node = rows[at];
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, End: Infinity, Home: -Infinity };
    if (event.key in steps && rows.length > 0) {
      const to = Math.max(0, Math.min(rows.length - 1, at + steps[event.key]));
      this.#reveal(to);
      this.#choose(rows[to]);
    } else if (node && event.key === "ArrowLeft") this.#fold(node, true);
    else if (node && event.key === "ArrowRight") this.#fold(node, false);
    else return;
    event.preventDefault();
  }

  #reveal(index) {
    const { scrollTop, clientHeight } = this.#scroller;
    const top = index * rowHeight;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight) this.#scroller.scrollTop = top + rowHeight - clientHeight;
  }
}
