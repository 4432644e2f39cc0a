/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * hook.h - what a hook does when its function is called and when it returns.
 *
 * One body for every attach method and every policy. `spec` is frozen before
 * loading, so what a policy does not use is not in the program that runs.
 */
#ifndef MARTLET_HOOK_H
#define MARTLET_HOOK_H

#include "actions.h"
#include "filters.h"
#include "pair.h"

/* The selector that takes a call of this process, or SELECTOR_NONE. */
static __always_inline __u32 hook_selector(__u64 ids)
{
	__u32 tgid = ids >> 32;
	__u64 *sets = 0;

	if (spec.follows)
		sets = bpf_map_lookup_elem(&process_sets, &tgid);
	return selectors_find(&spec, tgid, sets ? *sets : 0);
}

/*
 * Whether some selector takes the call. Asked before its parameters are looked
 * for: most calls end here.
 */
static __always_inline bool hook_takes(struct call *call)
{
	call->selector = hook_selector(call->ids);
	if (call->selector != SELECTOR_NONE)
		return true;
	COUNT(filtered);
	return false;
}

/* Which of the hook's targets was called. */
static __always_inline __u32 hook_target(void *context)
{
	return spec.many ? (__u32)bpf_get_attach_cookie(context) : spec.target;
}

/* The function was called, and a selector takes the call. */
static __always_inline int hook_entered(struct call *call)
{
	if (!actions_run(call))
		return 0;
	if (spec.shape == SPEC_SHAPE_PAIR)
		pair_enter(call);
	else
		emit_now(call);
	return 0;
}

/*
 * Whether the return program that was asked has to look further. A pair's is
 * asked for every return: it knows by its records which are its own.
 */
static __always_inline bool hook_wants_return(struct call *call)
{
	if (spec.ignores_zero && !call->result)
		return false;
	return spec.shape == SPEC_SHAPE_PAIR || (hook_takes(call) && actions_run(call));
}

/* A return without an entry: that of a call which was under way when the hook came, or was missed. */
static __always_inline int hook_missed(const struct call *call)
{
	__u32 selector = hook_selector(call->ids);

	barrier_var(selector);
	if (selector < SPEC_SELECTORS && !(spec.acts && spec.selectors[selector].silent))
		COUNT_LOSS(pending_missed);
	return 0;
}

/* Whether the program at return goes on here; a pair goes on wherever it has a record. */
#define HOOK_RETURN_IS_MINE(context, chain) \
	(spec.shape == SPEC_SHAPE_PAIR || TURN_IS_MINE(context, chain, SPEC_CHAINED_RETURN))

/*
 * The function returned, and the return may be wanted. A pair that has no record
 * of the call asks on: the generation whose turn it is, and that the one before.
 */
#define HOOK_RETURNED(context, chain, call) \
	({ \
		struct pending *pending; \
		if (spec.shape != SPEC_SHAPE_PAIR) { \
			emit_now(call); \
		} else if ((pending = pending_find(call))) { \
			pair_finish(pending, call); \
		} else { \
			__u32 now = turn_now(); \
			if (now == spec.generation) { \
				TURN_HAND_ON(context, chain, SPEC_CHAIN_FINISH, now + 1); \
				hook_missed(call); \
			} else if (spec.chained & SPEC_CHAINED_RETURN) { \
				hook_missed(call); \
			} else if (now) { \
				TURN_HAND_ON(context, chain, SPEC_CHAIN_CURRENT, now); \
			} \
		} \
		0; \
	})

/* The return value as the function's type has it. */
static __always_inline __s64 hook_result(__u64 word)
{
	if (spec.result_bytes == 4)
		return (__s32)word;
	if (spec.result_bytes == 2)
		return (__u16)word;
	if (spec.result_bytes == 1)
		return (__u8)word;
	return word;
}

/* The registers with which the current thread entered the kernel. */
static __always_inline const void *hook_caller(void)
{
	return (const void *)bpf_task_pt_regs(bpf_get_current_task_btf());
}

#endif
