/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* record.h - what all records share: the header, and waking the reader. */
#ifndef MARTLET_RECORD_H
#define MARTLET_RECORD_H

#include "maps.h"

/* `ids` is what bpf_get_current_pid_tgid() says. */
static __always_inline void record_header(struct wire_header *header, enum wire_kind kind,
					  __u32 size, __u64 ids)
{
	header->version = WIRE_VERSION;
	header->kind = kind;
	header->size = size;
	header->time_ns = bpf_ktime_get_boot_ns();
	header->tgid = ids >> 32;
	header->tid = (__u32)ids;
}

/*
 * Flags for handing a record over. An awake reader looks by itself every
 * millisecond, so it costs the traced program nothing; a reader that found
 * nothing for a while says so and is woken by the next record.
 */
static __always_inline __u64 record_wakeup(void)
{
	__u32 zero = 0;
	struct wire_reader *state = bpf_map_lookup_elem(&reader, &zero);

	if (!state || !state->asleep)
		return BPF_RB_NO_WAKEUP;
	state->asleep = 0;
	return BPF_RB_FORCE_WAKEUP;
}

#endif
