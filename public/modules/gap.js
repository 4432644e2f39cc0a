// What a row says where the stream has a hole.

import { visible } from "./visible.js";

const reasons = {
  evicted: "they had left the server's log before this page could read them",
  restart: "the service was restarted",
  unknown_id: "the service does not know the place to resume from",
};

/** "12 events lost: the service was restarted" */
export function gapText({ lost, reason }) {
  const count = Number(lost) || 0;
  const noun = count === 1 ? "event" : "events";
  const what = count > 0 ? `${count.toLocaleString("en")} ${noun} lost` : "Events may be missing";
  return `${what}: ${reasons[reason] ?? visible(reason ?? "no reason given")}`;
}
