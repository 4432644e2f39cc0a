/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * turn.h - which version of a policy reports an event.
 *
 * Two programs on one function look at the same slot at different times: a
 * switch between the two looks would double the event or lose it. So one
 * program looks, the one that is attached, and hands the event on where it is
 * another version's turn:
 *
 *   attached, generation 4 --- slot says 4 ---> reports
 *                          \-- slot says 7 ---> chain[1]: generation 7, not attached, reports
 *                          \-- slot says 0 ---> nobody: the policy is switched off
 */
#ifndef MARTLET_TURN_H
#define MARTLET_TURN_H

#include "counters.h"

struct policy_slot slots[SPEC_SLOTS] SEC(".data.slots");

/*
 * The programs that an attached program hands events on to. Each attached program
 * has one of its own; programs in it are of its own type, so the template has
 * one for each type.
 */
#define CHAIN(name) \
	struct { \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY); \
		__uint(max_entries, SPEC_CHAIN_LENGTH); \
		__type(key, __u32); \
		__type(value, __u32); \
	} name SEC(".maps")

CHAIN(tp_chain);
CHAIN(kprobe_chain);
CHAIN(raw_chain);

/* The generation that reports now; 0 none. */
static __always_inline __u32 turn_now(void)
{
	return *(volatile __u32 *)&slots[spec.slot & (SPEC_SLOTS - 1)].generation;
}

/* Whether this program's generation only monitors. */
static __always_inline bool turn_monitors(void)
{
	struct policy_slot *slot = &slots[spec.slot & (SPEC_SLOTS - 1)];

	return *(volatile __u32 *)&slot->monitors[spec.generation & 1];
}

/* Hands the event to a generation; returns where there is no such program. An index that is
 * constant becomes a plain jump, or nothing at all while its place is empty. */
#define TURN_HAND_ON(context, chain, base, generation) \
	do { \
		if ((generation) & 1) \
			bpf_tail_call_static(context, chain, (base) + 1); \
		else \
			bpf_tail_call_static(context, chain, base); \
	} while (0)

/* Whether this program reports the event. Where it does not, whoever does has got it. */
#define TURN_IS_MINE(context, chain, chained_bit) \
	({ \
		__u32 now = spec.chained & (chained_bit) ? spec.generation : turn_now(); \
		if (now != spec.generation && now) \
			TURN_HAND_ON(context, chain, SPEC_CHAIN_CURRENT, now); \
		now == spec.generation; \
	})

#endif
