/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* counters.h - the hook's configuration, and what its programs count. */
#ifndef MARTLET_COUNTERS_H
#define MARTLET_COUNTERS_H

#include "maps.h"
#include "spec.h"
#include "wire.h"

const volatile struct hook_spec spec SEC(".rodata.spec") = {};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_counters);
} counters SEC(".maps");

#define COUNT(field) \
	do { \
		__u32 zero = 0; \
		struct wire_counters *set = bpf_map_lookup_elem(&counters, &zero); \
		if (set) \
			set->field++; \
	} while (0)

/* Has the server look at what was lost, since it does not look without a reason. */
static __always_inline void loss_announce(void)
{
	__u32 zero = 0;
	struct wire_reader *state = bpf_map_lookup_elem(&reader, &zero);

	if (state)
		__sync_fetch_and_add(&state->hooks_lost, 1);
}

#define COUNT_LOSS(field) \
	do { \
		COUNT(field); \
		loss_announce(); \
	} while (0)

#endif
