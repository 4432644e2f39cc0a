import assert from "node:assert/strict";
import { test } from "node:test";
import { backOff, liveEvents } from "../../public/modules/live.js";

/** Opens connections that the test scripts: a list of items for each. */
function scripted(...connections) {
  const urls = [];
  const open = (url, mailbox) => {
    urls.push(url);
    for (const item of connections[urls.length - 1] ?? []) mailbox.put(item);
    return () => {};
  };
  return { urls, open };
}

const opened = { type: "open" };
const lost = { type: "error", refused: false };
const refused = { type: "error", refused: true };
const match = (id) => ({ type: "process_kprobe", data: { id }, id });

/** Everything up to the item for which `last` holds. */
async function collect(options, last) {
  const items = [];
  for await (const batch of liveEvents("/v1/events", { delay: () => 0, silence: 50, ...options })) {
    for (const item of batch) {
      items.push(item);
      if (last(item)) return items;
    }
  }
  return items;
}

const states = (items) => items.filter(({ type }) => type === "state").map(({ state }) => state);

test("a lost connection resumes after the last event", async () => {
  const { urls, open } = scripted([opened, match("b-1"), match("b-2"), lost], [opened, match("b-3")]);
  const items = await collect({ open }, ({ event }) => event?.id === "b-3");
  assert.deepEqual(urls, ["/v1/events?since=oldest", "/v1/events?since=b-2"]);
  assert.deepEqual(states(items), ["connecting", "live", "reconnecting", "reconnecting", "live"]);
  assert.deepEqual(items.filter(({ event }) => event).map(({ event }) => event.id), ["b-1", "b-2", "b-3"]);
});

test("a heartbeat moves the place to resume from and is not shown", async () => {
  const heartbeat = { type: "heartbeat", data: {}, id: "b-9" };
  const { urls, open } = scripted([opened, heartbeat, lost], [opened, match("b-10")]);
  const items = await collect({ open }, ({ event }) => event);
  assert.equal(urls[1], "/v1/events?since=b-9");
  assert.ok(!items.some(({ type }) => type === "heartbeat"));
});

test("a refused connection is explained and tried again", async () => {
  const { urls, open } = scripted([refused], [opened]);
  const explain = async (url) => ({ reason: `503 for ${url}` });
  const items = await collect({ open, explain }, ({ state }) => state === "live");
  assert.equal(urls.length, 2);
  assert.deepEqual(states(items), ["connecting", "closed", "reconnecting", "live"]);
  assert.equal(items[1].reason, "503 for /v1/events?since=oldest");
});

test("the server's Retry-After counts where it is longer", async () => {
  const { open } = scripted([refused]);
  const explain = async () => ({ reason: "503", retryAfter: 7 });
  const items = await collect({ open, explain, delay: () => 1 }, ({ state }) => state === "closed");
  assert.equal(items.at(-1).retryIn, 7000);
});

test("silence makes the connection stale and opens another", async () => {
  const { urls, open } = scripted([opened, match("b-1")], [opened]);
  let live = 0;
  const items = await collect({ open }, ({ state }) => state === "live" && (live += 1) === 2);
  assert.deepEqual(states(items), ["connecting", "live", "stale", "stale", "live"]);
  assert.equal(urls[1], "/v1/events?since=b-1");
});

test("the reader can cut waiting short, and abort", async () => {
  const { open } = scripted([lost], [opened]);
  const hurry = new EventTarget();
  const stop = new AbortController();
  const seen = [];
  const options = { open, hurry, signal: stop.signal, delay: () => 60_000 };
  for await (const batch of liveEvents("/v1/events", options)) {
    seen.push(...batch);
    if (batch[0].retryIn > 0) setTimeout(() => hurry.dispatchEvent(new Event("now")), 5);
    if (batch[0].state === "live") setTimeout(() => stop.abort(), 5);
  }
  assert.equal(states(seen).at(-1), "live");
});

test("leaving the loop closes the connection", async () => {
  let closed = 0;
  const open = (url, mailbox) => {
    mailbox.put(opened);
    return () => { closed += 1; };
  };
  await collect({ open }, ({ state }) => state === "live");
  assert.equal(closed, 1);
});

test("tries move apart, up to half a minute", () => {
  assert.deepEqual([1, 2, 3, 9].map((failures) => backOff(failures, 0)), [1000, 2000, 4000, 30_000]);
  assert.equal(backOff(1, 1), 750);
});
