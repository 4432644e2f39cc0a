/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * spec.h - one hook's configuration.
 *
 * The server fills a hook_spec, freezes the map that holds it and loads the
 * hook programs with it. The kernel's verifier then knows every field as a
 * constant and removes each branch that the spec makes dead.
 */
#ifndef MARTLET_SPEC_H
#define MARTLET_SPEC_H

#include <linux/types.h>

#define SPEC_ARGUMENTS 5
#define SPEC_SELECTORS 5
#define SPEC_PID_FILTERS 4 /* per selector; all must hold */
#define SPEC_PIDS 8        /* per filter */
#define SPEC_FOLLOW_SETS 64

/* Which of a hook's two programs report the call. */
enum spec_shape {
	SPEC_SHAPE_ENTRY = 1,  /* the entry program sends */
	SPEC_SHAPE_RETURN = 2, /* the return program reads all and sends; no entry program */
	SPEC_SHAPE_PAIR = 3,   /* the entry program begins the record, the return program sends it */
};

enum spec_moment {
	SPEC_MOMENT_ENTRY = 0,
	SPEC_MOMENT_RETURN = 1, /* an out-parameter: holds nothing before the call is done */
};

/* How many elements an int32_arr has. */
enum spec_count {
	SPEC_COUNT_FIXED = 0,     /* `count` */
	SPEC_COUNT_PARAMETER = 1, /* the value of parameter `count`, counted from 0 */
	/* as _PARAMETER, and at most the return value: getgroups(2) */
	SPEC_COUNT_RETURN = 2,
};

struct spec_argument {
	__u8 type;       /* enum wire_type; WIRE_TYPE_NONE: nothing to report */
	__u8 parameter;  /* of the function, counted from 0 */
	__u8 position;   /* wire_value.position */
	__u8 moment;     /* enum spec_moment */
	__u8 count_rule; /* enum spec_count */
	__u8 reserved[3];
	__u32 count;     /* of elements, by count_rule */
	__u32 room;      /* for the largest payload; a multiple of 8 */
	__u32 offset;    /* of the wire_value in a record of fixed size */
};

/*
 * `values` of `process`: In takes a call when one matches, NotIn when none does.
 * follow_set: 0 compares the calling process only; n also takes every process
 * whose bit n - 1 is set in the map process_sets (descendants of the values).
 *
 *   In [100], follow_set 0     tgid == 100
 *   NotIn [1, 2], follow_set 3 tgid != 1 && tgid != 2 && !(process_sets[tgid] & 4)
 */
struct spec_pid_filter {
	__u8 negated;    /* NotIn */
	__u8 follow_set;
	__u16 count;
	__u32 values[SPEC_PIDS];
};

/* A call is taken when all filters of one selector hold, or there is no selector. */
struct spec_selector {
	__u32 pid_filter_count;
	struct spec_pid_filter pid_filters[SPEC_PID_FILTERS];
};

struct hook_spec {
	__u32 hook;         /* wire_call.hook */
	__u32 shape;        /* enum spec_shape */
	__u32 system_call;  /* its number */
	/* Not 0: every record has this size, values at their `offset`. 0: it varies. */
	__u32 record_size;
	/* Where a record of varying size is built: one of SPEC_BUFFER_*. */
	__u32 buffer_size;
	__u32 value_count;
	struct spec_argument arguments[SPEC_ARGUMENTS];
	struct spec_argument result; /* WIRE_TYPE_NONE: the return value is not reported */
	__u32 follows;        /* some filter has a follow_set */
	__u32 selector_count;
	struct spec_selector selectors[SPEC_SELECTORS];
};

/*
 * Buffers for records of varying size. SPEC_SHAPE_PAIR keeps one per thread
 * from entry to return, so it takes the smallest that holds the largest record;
 * the other shapes build theirs in one go in the largest, per CPU.
 */
#define SPEC_BUFFER_SMALL 512
#define SPEC_BUFFER_MEDIUM 4608 /* a string and four integers */
#define SPEC_BUFFER_LARGE 24576 /* anything */

_Static_assert(sizeof(struct spec_argument) == 20, "spec_argument must be 20 bytes");
_Static_assert(sizeof(struct spec_pid_filter) == 36, "spec_pid_filter must be 36 bytes");
_Static_assert(sizeof(struct hook_spec) == 892, "hook_spec must be 892 bytes");

#endif
