// The event stream as an async iterable of batches. No DOM in this file.
//
// Items: { type: "state", state, reason, retryIn }   connecting, live, reconnecting, stale, closed
//        { type: "event", event, id }                one line of Tetragon's export form
//        { type: "gap" | "policy", data }
//
// Each connection is opened with `since=<last id>`, so a lost one costs no events. The browser's own
// reconnecting is not used: it gives up for good after any status other than 200.

import { eventTypes } from "./event.js";
import { Mailbox } from "./mailbox.js";

const ownTypes = ["gap", "policy", "heartbeat"];

/** The server sends a heartbeat every 15 s. Without a sign of life for this long it is not there. */
const patience = 40_000;

/** Connects a mailbox to a new EventSource. */
function connect(url, mailbox) {
  const source = new EventSource(url);
  source.onopen = () => mailbox.put({ type: "open" });
  source.onerror = () => {
    const refused = source.readyState === EventSource.CLOSED;
    source.close();
    mailbox.put({ type: "error", refused });
  };
  for (const type of [...eventTypes, ...ownTypes]) {
    source.addEventListener(type, ({ data, lastEventId }) => {
      mailbox.put({ type, data: JSON.parse(data), id: lastEventId });
    });
  }
  return () => source.close();
}

/** Waits, or less where `hurry` gets a "now" event or `signal` aborts. */
function pause(milliseconds, hurry, signal) {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      hurry?.removeEventListener("now", finish);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    hurry?.addEventListener("now", finish);
    signal?.addEventListener("abort", finish);
  });
}

/** 1 s, 2 s, 4 s, ... 30 s; up to a quarter less, so that many pages do not return at once. */
export function backOff(failures, random = Math.random()) {
  return Math.min(30_000, 1000 * 2 ** (failures - 1)) * (1 - random / 4);
}

/**
 * `explain` says why the server refused; `hurry` is an EventTarget that cuts waiting short. The
 * rest stands in for the browser in tests.
 */
export async function* liveEvents(path, {
  signal, hurry, explain = async () => ({}), open = connect, delay = backOff, silence = patience,
} = {}) {
  let since = "oldest";
  let failures = 0;
  yield [{ type: "state", state: "connecting" }];
  while (!signal?.aborted) {
    const mailbox = new Mailbox();
    const url = `${path}?since=${encodeURIComponent(since)}`;
    const close = open(url, mailbox);
    let opened = false;
    let ending = null;
    try {
      while (ending === null) {
        const batch = await mailbox.take(silence, signal);
        if (signal?.aborted) return;
        const items = [];
        for (const item of batch) {
          if (item.id) since = item.id;
          if (item.type === "open") {
            opened = true;
            failures = 0;
            items.push({ type: "state", state: "live" });
          } else if (item.type === "error") ending = item;
          else if (item.type.startsWith("process_")) items.push({ type: "event", event: item.data, id: item.id });
          else if (item.type !== "heartbeat") items.push({ type: item.type, data: item.data[item.type] });
        }
        if (batch.length === 0) ending = { type: "silence" };
        if (items.length > 0) yield items;
      }
    } finally {
      close(); // also when the consumer breaks out of its loop
    }
    failures += 1;
    const ended = { type: "state", ...await diagnose(ending, { url, explain, silence, opened }) };
    const retryIn = Math.max(ended.retryIn, ending.type === "silence" ? 0 : delay(failures));
    yield [{ ...ended, retryIn }];
    await pause(retryIn, hurry, signal);
    yield [{ ...ended, state: ended.state === "closed" ? "reconnecting" : ended.state, retryIn: 0 }];
  }
}

/** What the page says about a connection that ended. */
async function diagnose(ending, { url, explain, silence, opened }) {
  if (ending.type === "silence") {
    return { state: "stale", reason: `no heartbeat for ${Math.round(silence / 1000)} s`, retryIn: 0 };
  }
  if (!ending.refused) {
    const reason = opened ? "the connection was lost" : "the server cannot be reached";
    return { state: "reconnecting", reason, retryIn: 0 };
  }
  const { reason = "the stream was refused", retryAfter = 0 } = await explain(url);
  return { state: "closed", reason, retryIn: retryAfter * 1000 };
}
