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
#define SPEC_SIGNALS 3     /* per selector */
#define SPEC_FOLLOW_SETS 64
#define SPEC_SLOTS 1024    /* policies at a time; a power of two */

/* What a hook is attached to, and so what its values are. */
enum spec_subject {
	SPEC_SUBJECT_SYSTEM_CALL = 1,  /* parameters of the caller */
	SPEC_SUBJECT_FUNCTION = 2,     /* parameters of a kernel function */
	SPEC_SUBJECT_TRACEPOINT = 3,   /* fields of a tracepoint's record */
	SPEC_SUBJECT_PARAMETERS = 4,   /* parameters of a raw tracepoint */
};

/* Which of a hook's two programs report the call. */
enum spec_shape {
	SPEC_SHAPE_ENTRY = 1,  /* the entry program sends */
	SPEC_SHAPE_RETURN = 2, /* the return program reads all and sends; no entry program */
	SPEC_SHAPE_PAIR = 3,   /* the entry program begins the record, the return program sends it */
};

#define SPEC_FIELD_LOCATION 0 /* __data_loc: offset in the record, and length << 16 */

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
	/*
	 * Bytes of a tracepoint's field: 1, 2, 4 or 8. Of a text: 8 where the field is a pointer to
	 * it, 1 where it stands in the record, SPEC_FIELD_LOCATION where the field says where.
	 */
	__u8 field_size;
	__u16 field_offset; /* in the tracepoint's record */
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

/*
 * A call is taken by the first selector of which all filters hold; where there is
 * none at all, every call is, as if by one that is all zero. What that says is done
 * where the call is entered:
 *
 *   signals [10, 9, 0], silent 0   SIGUSR1 and SIGKILL to the caller, and a record
 *   signals [0, 0, 0], silent 1    nothing, and no record
 */
struct spec_selector {
	__u32 pid_filter_count;
	struct spec_pid_filter pid_filters[SPEC_PID_FILTERS];
	__u8 silent;                /* no record is sent */
	__u8 signals[SPEC_SIGNALS]; /* in their order, up to the first 0 */
};

/*
 * One policy, in the shared array of all. A store to `generation` switches every
 * hook of the policy at once; 0 switches them off. Even and odd generations have
 * a mode each, so that a new version has its own with its first event.
 */
struct policy_slot {
	__u32 generation;  /* which of the policy's versions reports */
	__u32 monitors[2]; /* not 0: signals of that generation & 1 are counted and not sent */
	__u32 reserved;
};

/*
 * A version of a policy that takes over an attached program of an earlier one is
 * not attached itself: the earlier program hands the event on, through a chain
 * of programs. Even and odd generations have a place each, twice:
 */
#define SPEC_CHAIN_CURRENT 0 /* + generation & 1: where events go now */
#define SPEC_CHAIN_FINISH 2  /* + generation & 1: returns of calls that it saw to enter */
#define SPEC_CHAIN_LENGTH 4

/* Which of a hook's programs are not attached: another has looked at the slot for them. */
#define SPEC_CHAINED_ENTRY 1u
#define SPEC_CHAINED_RETURN 2u

struct hook_spec {
	__u32 hook;         /* wire_call.hook; 0 only in the template */
	__u32 subject;      /* enum spec_subject */
	__u32 slot;         /* of the policy */
	__u32 generation;   /* of the policy's version */
	__u32 chained;      /* SPEC_CHAINED_*: these programs get events handed on */
	__u32 many;         /* more than one target: the attach cookie says which */
	__u32 target;       /* wire_call.target, where it is the same for all calls */
	__u32 result_bytes; /* of the function's result: the rest of the register is noise */
	__u32 shape;        /* enum spec_shape */
	/* clone(2) and kin: the child returns 0 from a call that it did not make. */
	__u32 ignores_zero;
	/* Not 0: every record has this size, values at their `offset`. 0: it varies. */
	__u32 record_size;
	/* Where a record of varying size is built: one of SPEC_BUFFER_*. */
	__u32 buffer_size;
	__u32 acts; /* some selector does more than have a record sent, or is counted by itself */
	struct spec_argument arguments[SPEC_ARGUMENTS];
	struct spec_argument result; /* WIRE_TYPE_NONE: the return value is not reported */
	__u32 follows;        /* some filter has a follow_set */
	__u32 selector_count;
	struct spec_selector selectors[SPEC_SELECTORS];
};

/*
 * Buffers for records of varying size: the smallest that holds the hook's
 * largest record. SPEC_SHAPE_PAIR keeps one from entry to return for each call
 * that is under way; the other shapes build theirs in one go, per CPU.
 */
#define SPEC_PENDING_HEADER 64 /* in front of each: struct pending */
#define SPEC_BUFFER_SMALL 512
#define SPEC_BUFFER_MEDIUM 4608 /* a string and four integers */
#define SPEC_BUFFER_LARGE 24576 /* anything */

_Static_assert(sizeof(struct spec_argument) == 20, "spec_argument must be 20 bytes");
_Static_assert(sizeof(struct spec_pid_filter) == 36, "spec_pid_filter must be 36 bytes");
_Static_assert(sizeof(struct spec_selector) == 152, "spec_selector must be 152 bytes");
_Static_assert(sizeof(struct policy_slot) == 16, "policy_slot must be 16 bytes");
_Static_assert(sizeof(struct hook_spec) == 940, "hook_spec must be 940 bytes");

#endif
