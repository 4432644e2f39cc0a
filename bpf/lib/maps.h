/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* maps.h - maps that every program of the service shares. */
#ifndef MARTLET_MAPS_H
#define MARTLET_MAPS_H

#include "kernel.h"
#include "wire.h"

/* Every record, of calls and of processes, in one order. The server sets its size. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_reader);
} reader SEC(".maps");

/* Adds one to a number that the server reads in its memory. */
#define READER_COUNT(field) \
	do { \
		__u32 zero = 0; \
		struct wire_reader *state = bpf_map_lookup_elem(&reader, &zero); \
		if (state) \
			__sync_fetch_and_add(&state->field, 1); \
	} while (0)

/*
 * tgid -> the follow sets that the process belongs to, bit n - 1 for set n.
 * The server puts in the processes that a policy names and their descendants;
 * a child gets its parent's sets when it is forked.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u64);
} process_sets SEC(".maps");

#endif
