/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* actions.h - what a selector does with a call that it took. */
#ifndef MARTLET_ACTIONS_H
#define MARTLET_ACTIONS_H

#include "call.h"
#include "counters.h"
#include "maps.h"
#include "turn.h"

/* By selector; a hook has them whose spec says `acts`. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SPEC_SELECTORS);
	__type(key, __u32);
	__type(value, struct wire_actions);
} actions SEC(".maps");

/* Whether the caller is the service itself, which a policy would end together with itself. */
static __always_inline bool caller_is_service(const struct call *call)
{
	__u32 zero = 0;
	struct wire_reader *state = bpf_map_lookup_elem(&reader, &zero);

	return state && call->ids >> 32 == state->service;
}

/* Sends the caller the selector's signals, or counts those that it does not get. */
static __always_inline enum wire_enforcement
signals_send(const volatile struct spec_selector *selector, struct wire_actions *counts,
	     const struct call *call)
{
	enum wire_enforcement outcome = WIRE_ENFORCEMENT_DONE;
	bool monitors = turn_monitors(), spared = caller_is_service(call);

#pragma unroll
	for (__u32 i = 0; i < SPEC_SIGNALS; i++) {
		__u8 signal = selector->signals[i];

		if (!signal)
			break;
		if (monitors) {
			counts->monitor_signal++;
		} else if (spared || bpf_send_signal(signal)) {
			counts->failed_signal++;
			outcome = WIRE_ENFORCEMENT_FAILED;
		} else {
			counts->signal++;
		}
	}
	return monitors ? WIRE_ENFORCEMENT_MONITORED : outcome;
}

/* Does what the call's selector says; whether a record is to be sent. */
static __always_inline bool actions_run(struct call *call)
{
	const volatile struct spec_selector *selector;
	struct wire_actions *counts;
	__u32 number = call->selector;

	if (!spec.acts)
		return true;
	counts = bpf_map_lookup_elem(&actions, &number);
	barrier_var(number);
	if (!counts || number >= SPEC_SELECTORS)
		return true; /* cannot happen; the verifier needs to hear it */
	selector = &spec.selectors[number];
	if (selector->signals[0])
		call->enforcement = signals_send(selector, counts, call);
	if (selector->silent) {
		counts->nopost++;
		return false;
	}
	counts->post++;
	return true;
}

#endif
