// What a row says where the stream has a hole.

import { visible } from "./visible.js";

const reasons = {
  evicted: "they had left the server's log before this page could read them",
  restart: "the service was restarted",
  unknown_id: "the service does not know the place to resume from",
  kernel_ring_full: "more happened than the service could read",
  kernel_entry_missed: "the calls had begun before the service could follow them",
  kernel_return_missed: "the calls were seen to begin, and not to end",
  kernel_skipped: "the kernel did not run a policy's program",
  cut_off: "the calls were under way when their policy went",
  kernel_unfollowed: "processes were forked that a policy follows, and there was no memory to remember them",
  kernel_process_record: "more processes began and ended than the service could read",
  undecodable: "the service could not make sense of them",
  orphaned: "their policy was gone",
};

/** Whether programs that started, or processes that ended, may be among what is missing. */
export function missesLives({ types }) {
  return !types || types.some((type) => type === "process_exec" || type === "process_exit");
}

/** "12 events lost: the service was restarted" */
export function gapText({ lost, reason }) {
  const count = Number(lost) || 0;
  const noun = count === 1 ? "event" : "events";
  const what = count > 0 ? `${count.toLocaleString("en")} ${noun} lost` : "Events may be missing";
  return `${what}: ${reasons[reason] ?? visible(reason ?? "no reason given")}`;
}
