/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* filters.h - which selector takes a call. Pure: no helpers, no maps, so tests call it too. */
#ifndef MARTLET_FILTERS_H
#define MARTLET_FILTERS_H

#include "spec.h"

#define FILTER_INLINE static inline __attribute__((always_inline))

FILTER_INLINE _Bool pid_filter_holds(const volatile struct spec_pid_filter *filter, __u32 tgid,
				     __u64 sets)
{
	_Bool named = 0;

#pragma unroll
	for (__u32 i = 0; i < SPEC_PIDS; i++) {
		if (i >= filter->count)
			break;
		if (tgid == filter->values[i])
			named = 1;
	}
	if (filter->follow_set && (sets >> ((filter->follow_set - 1) & 63) & 1))
		named = 1;
	return filter->negated ? !named : named;
}

FILTER_INLINE _Bool selector_holds(const volatile struct spec_selector *selector, __u32 tgid,
				   __u64 sets)
{
#pragma unroll
	for (__u32 i = 0; i < SPEC_PID_FILTERS; i++) {
		if (i >= selector->pid_filter_count)
			break;
		if (!pid_filter_holds(&selector->pid_filters[i], tgid, sets))
			return 0;
	}
	return 1;
}

/* No selector takes the call. */
#define SELECTOR_NONE SPEC_SELECTORS

/*
 * The first selector that takes the call. `sets`: the caller's entry in
 * process_sets, 0 where it has none. Bounds end their loops: the verifier leaves
 * every look at the spec in the program that it has not found to be dead.
 */
FILTER_INLINE __u32 selectors_find(const volatile struct hook_spec *spec, __u32 tgid, __u64 sets)
{
	if (!spec->selector_count)
		return 0;
#pragma unroll
	for (__u32 i = 0; i < SPEC_SELECTORS; i++) {
		if (i >= spec->selector_count)
			break;
		if (selector_holds(&spec->selectors[i], tgid, sets))
			return i;
	}
	return SELECTOR_NONE;
}

#endif
