// Wires the parts of the viewer together.
//
// Stable names, for tests and user scripts (`data-testid` unless it begins with "#"):
//   #connection              data-state: connecting, live, reconnecting, stale, closed
//   #banner                  why there is no stream, while there is none; hidden else
//   event-row                one event in view, newest last; its cells: time-cell, policy-cell, call-cell,
//                            process-cell (textContent "/usr/bin/x 4121"), return-cell ("0", "-9 EBADF";
//                            data-state: ok, failed), args-cell ("pipefd=[3, 4] flags=524288").
//                            Rows out of view are not in the document: narrow with #filter.
//   #events                  the table; aria-rowcount: rows that pass the filter, and the header
//   #stream                  data-state: following, scrolling, button (what holds the table still)
//   gap-row, policy-row, skipped-row      what stands between events
//   #filter #pause #clear #jump           the toolbar; #pause has aria-pressed
//   #received #rate #lost                 counters, digits only but for separators
//   #policies                data-state: loading, empty, ready, error
//   policy-item              data-policy: its name, data-state: its state; policy-sent, policy-switch,
//                            policy-delete
//   #confirm #confirm-yes    the question before a policy is deleted
//   #policy-new              opens #editor (data-state: idle, sending, failed, edited, added)
//   #policy-text #policy-example #policy-file #policy-submit #policy-problems #policy-summary
//   problem-item             data-severity; problem-line ("line 12:7"), problem-message, problem-hint
//   gutter-marker            data-line, data-severity
//   #detail                  the selected event; #detail-json, #detail-copy, #detail-close

import { explainRefusal } from "./modules/api.js";
import { Connection } from "./modules/connection.js";
import { Detail } from "./modules/detail.js";
import { Editor } from "./modules/editor.js";
import { makeFilter } from "./modules/filter.js";
import { gapText } from "./modules/gap.js";
import { History } from "./modules/history.js";
import { liveEvents } from "./modules/live.js";
import { Policies } from "./modules/policies.js";
import { Timeline } from "./modules/timeline.js";
import { Toolbar } from "./modules/toolbar.js";
import { confirmDeletion, delayed, onFileDrop, onKeys } from "./modules/page.js";
import { visible } from "./modules/visible.js";

const byId = (id) => document.getElementById(id);

const history = new History();
const hurry = new EventTarget();
const connection = new Connection(byId("connection"), byId("banner"), hurry);

const detail = new Detail(byId("detail"), () => closeDetail());
const timeline = new Timeline(byId("scroller"), history, (event, view) => detail.show(event, view));
const toolbar = new Toolbar({
  history, timeline,
  onFilter: (text) => timeline.filter(makeFilter(text)),
});

const editor = new Editor(byId("editor"), () => policies.refresh());
const policies = new Policies(byId("policies"), {
  open: (name) => editor.openDocument(name),
  filter: (name) => toolbar.filter(name),
  confirm: (name) => confirmDeletion(byId("confirm"), name),
});
byId("policy-new").addEventListener("click", () => editor.open());
byId("policy-first").addEventListener("click", () => editor.open());

function closeDetail() {
  detail.close();
  timeline.deselect();
  byId("events").focus({ preventScroll: true });
}

const refreshSoon = delayed(150, () => policies.refresh());

const receive = {
  state: (item) => connection.show(item),
  event: ({ event }) => history.addEvent(event),
  gap: ({ data }) => history.addMarker("gap", gapText(data), { lost: Number(data.lost) || 0 }),
  policy: ({ data }) => {
    history.addMarker("policy", visible(`policy ${data.name} ${data.state}`));
    refreshSoon();
  },
};

async function follow() {
  for await (const items of liveEvents("/v1/events", { hurry, explain: explainRefusal })) {
    for (const item of items) receive[item.type](item);
    toolbar.draw();
  }
}

onKeys({ "/": () => byId("filter").focus(), p: () => toolbar.togglePause() }, {
  Escape: () => detail.open && closeDetail(),
});
onFileDrop((file) => editor.openFile(file));
addEventListener("online", () => hurry.dispatchEvent(new Event("now")));
document.addEventListener("visibilitychange", () => document.hidden || policies.refresh());
setInterval(() => document.hidden || policies.refresh(), 5000);
setInterval(() => connection.tick(), 1000);

policies.refresh();
follow();
