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

/* A loss, so that the server looks: without a reason it does not. */
#define COUNT_LOSS(field) \
	do { \
		COUNT(field); \
		READER_COUNT(hooks_lost); \
	} while (0)

#endif
