// Wires the parts of the viewer together.
//
// Stable names, for tests and user scripts (`data-testid` unless it begins with "#"):
//   #connection              data-state: connecting, live, reconnecting, stale, closed
//   #banner                  why there is no stream, while there is none; hidden else
//   event-row                one event in view, newest last; its cells: time-cell, policy-cell, call-cell,
//                            process-cell (textContent "/usr/bin/x 4121"), return-cell ("0", "-9 EBADF";
//                            data-state: ok, failed), args-cell ("pipefd=[3, 4] flags=524288").
//                            A row whose caller a policy has signals for has data-enforcement:
//                            enforced, monitored, failed, and says in fate, at the beginning of its
//                            process-cell: killed, would kill, kill failed, signalled, ...
//                            Rows out of view are not in the document: narrow with #filter.
//   #events                  the table; aria-rowcount: rows that pass the filter, and the header
//   #stream                  data-state: following, scrolling, button (what holds the table still)
//   gap-row, policy-row, skipped-row      what stands between events
//   #filter #pause #clear #jump           the toolbar; #pause has aria-pressed
//   #lives                   aria-pressed: whether exec and exit are among the rows; they are not, at first
//   #pinned                  the process whose events alone are shown, all of them; hidden else
//   #processes               data-state: loading, ready, error
//   process-row              a process in view: data-state: running, ended; aria-level, aria-expanded,
//                            aria-selected; its textContent begins "bash 4121"
//   process-count            "96", or "2,000 of 2,345" where there is no room for all
//   #received #rate #lost                 counters, digits only but for separators
//   #policies                data-state: loading, empty, ready, error
//   policy-item              data-policy: its name, data-state: its state, data-mode: its mode; policy-sent,
//                            policy-mode ("enforces"), policy-signals ("Signals: 3 sent, 1 failed"),
//                            policy-mode-switch, policy-switch, policy-delete, selector-item
//   policies-enforcing       how many enforce; hidden where none does
//   #confirm #confirm-yes    the question before a policy is deleted
//   #enforce #enforce-yes    the question before a policy begins to enforce
//   #policy-new              opens #editor (data-state: idle, sending, failed, edited, added)
//   #policy-text #policy-example #policy-file #policy-submit #policy-problems #policy-summary
//   problem-item             data-severity; problem-line ("line 12:7"), problem-message, problem-hint
//   gutter-marker            data-line, data-severity
//   #signin                  asks for a token (data-state: idle, sending, failed); #signin-token, #signin-submit
//   #account #signout        who is signed in; hidden where nobody is, or need be
//   #detail                  the selected event or process (data-kind: event, process); #detail-json,
//                            #detail-copy, #detail-close, #detail-events (pins its process)
//   process-link             in it: a process that belongs to what is shown

import { calls, explainRefusal, processTree } from "./modules/api.js";
import { Connection } from "./modules/connection.js";
import { Detail } from "./modules/detail.js";
import { Editor } from "./modules/editor.js";
import { announcement, sparedText } from "./modules/enforcement.js";
import { ProcessFeed } from "./modules/feed.js";
import { makeFilter } from "./modules/filter.js";
import { gapText } from "./modules/gap.js";
import { History } from "./modules/history.js";
import { liveEvents } from "./modules/live.js";
import { Policies } from "./modules/policies.js";
import { Processes } from "./modules/processes.js";
import { Scope } from "./modules/scope.js";
import { SignIn } from "./modules/signin.js";
import { Timeline } from "./modules/timeline.js";
import { Toolbar } from "./modules/toolbar.js";
import { confirmed, delayed, onFileDrop, onKeys } from "./modules/page.js";
import { ProcessTree } from "./modules/tree.js";

const byId = (id) => document.getElementById(id);

const history = new History();
const hurry = new EventTarget();
const connection = new Connection(byId("connection"), byId("banner"), hurry);

const detail = new Detail(byId("detail"), {
  close: () => closeDetail(),
  process: (process) => showProcess(process),
  events: (process) => scope.pin(process),
});
const timeline = new Timeline(byId("scroller"), history, {
  select: (event, view) => {
    processes.select(event[view.type]?.process?.exec_id);
    detail.showEvent(event, view);
  },
  process: (process) => showProcess(process),
});
const toolbar = new Toolbar({ history, timeline, onFilter: () => narrow() });
const scope = new Scope({ lives: byId("lives"), pinned: byId("pinned") }, () => narrow());
byId("lives-first").addEventListener("click", () => scope.showLives(true));

/** Has the table show what passes the text and is in the scope. */
function narrow() {
  const passes = makeFilter(byId("filter").value);
  timeline.filter((view) => scope.takes(view) && passes(view));
  toolbar.draw();
}

const tree = new ProcessTree();
const processes = new Processes(byId("processes"), tree, (process) => showProcess(process));
const feed = new ProcessFeed(tree, {
  list: () => processTree(tree.limit),
  onChange: (problem) => {
    processes.tell(problem);
    processes.draw();
  },
});

function showProcess(process) {
  timeline.deselect();
  processes.select(process.exec_id);
  detail.showProcess(process);
}

const editor = new Editor(byId("editor"), () => policies.refresh());
const policies = new Policies(byId("policies"), {
  open: (name) => editor.openDocument(name),
  filter: (name) => toolbar.filter(name),
  delete: (name) => confirmed(byId("confirm"), name),
  enforce: (name, spared) => confirmed(byId("enforce"), name, { more: sparedText(spared) }),
  state: (state) => { byId("stream").dataset.policies = state; },
});
byId("policy-new").addEventListener("click", () => editor.open());
byId("policy-first").addEventListener("click", () => editor.open());

const signIn = new SignIn(byId("signin"), byId("account"), () => {
  hurry.dispatchEvent(new Event("now"));
  policies.refresh();
  feed.load();
});
calls.addEventListener("unauthorized", () => signIn.refresh());

function closeDetail() {
  detail.close();
  timeline.deselect();
  processes.select(null);
  byId("events").focus({ preventScroll: true });
}

const refreshSoon = delayed(150, () => policies.refresh());

const receive = {
  state: (item) => {
    connection.show(item);
    if (item.state === "live") feed.load();
  },
  event: ({ event }) => history.addEvent(event),
  gap: ({ data }) => history.addMarker("gap", gapText(data), { lost: Number(data.lost) || 0 }),
  policy: ({ data }) => {
    history.addMarker("policy", announcement(data));
    refreshSoon();
  },
};

async function follow() {
  for await (const items of liveEvents("/v1/events", { hurry, explain: explainRefusal })) {
    for (const item of items) {
      receive[item.type](item);
      feed.take(item);
    }
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
// A process that was only forked is no event, so the list is asked again now and then.
setInterval(() => document.hidden || feed.load(), 15_000);
setInterval(() => tree.sweep() && processes.draw(), 500);

narrow();
signIn.refresh();
policies.refresh();
follow();
