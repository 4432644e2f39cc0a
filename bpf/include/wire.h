/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * wire.h - records from the kernel to the server.
 *
 *   0             fixed size of the kind                  header.size
 *   +-------------+----------------------------------------+
 *   | wire_header | fields of this kind | values or text   |
 *   +-------------+----------------------------------------+
 *
 * WIRE_KIND_CALL, also of tracepoints: `wire_call`, then values up to the record's end. A value
 * is a `wire_value` with `room` bytes behind it, of which `size` are its payload:
 *
 *   integers   8 bytes, the register as it was; the type says which low bits count
 *   string     `size` bytes of text without terminator
 *   int32_arr  u32 count, then count * s32 (size = 4 + 4 * count)
 *
 * WIRE_KIND_EXEC, _FORK, _EXIT: `wire_exec`, `wire_fork`, `wire_exit`. WIRE_KIND_PROCESS is a
 * `wire_exec` of a process that was there, whose filename is the kernel's name for it. A
 * wire_text is a slice of the record: offset from its first byte, and length.
 * Text is whatever the kernel held: not checked UTF-8.
 *
 * Rules: fields sit on their natural boundary and padding is a named field;
 * numbers are host-endian; kinds, types and statuses are added, never changed.
 * Anything else raises WIRE_VERSION.
 */
#ifndef MARTLET_WIRE_H
#define MARTLET_WIRE_H

#include <linux/types.h>

#define WIRE_VERSION 2

/* Longest string that a value carries; a longer one is cut and marked. */
#define WIRE_STRING_MAX 4096
/* Longest path, argument vector and environment that an exec carries. */
#define WIRE_PATH_MAX 4096
#define WIRE_ARGUMENTS_MAX 131072
/* Most elements of an int32_arr. */
#define WIRE_INT32_ARR_MAX 256
/* wire_value.position of the function's return value. */
#define WIRE_POSITION_RETURN 255

enum wire_kind {
	WIRE_KIND_CALL = 1,
	WIRE_KIND_EXEC = 2,
	WIRE_KIND_FORK = 3,
	WIRE_KIND_EXIT = 4,
	WIRE_KIND_PROCESS = 5, /* not of the ring: read from the iterator process_list */
};

/* Types of values. Numbers are Tetragon's, so that records compare. */
enum wire_type {
	WIRE_TYPE_NONE = 0,
	WIRE_TYPE_INT = 1,
	WIRE_TYPE_SIZE = 4,
	WIRE_TYPE_STRING = 6,
	WIRE_TYPE_S64 = 10,
	WIRE_TYPE_U64 = 11,
	WIRE_TYPE_S32 = 12,
	WIRE_TYPE_U32 = 13,
	WIRE_TYPE_S16 = 29,
	WIRE_TYPE_U16 = 30,
	WIRE_TYPE_S8 = 31,
	WIRE_TYPE_U8 = 32,
	WIRE_TYPE_INT32_ARR = 43,
};

/* What became of a value. */
enum wire_status {
	WIRE_STATUS_OK = 0,
	WIRE_STATUS_NULL = 1,        /* the pointer was NULL; no payload */
	WIRE_STATUS_FAULT = 2,       /* the memory could not be read; no payload */
	WIRE_STATUS_TRUNCATED = 3,   /* the payload is the beginning of it */
	WIRE_STATUS_NOT_WRITTEN = 4, /* the call failed, so nothing was returned; no payload */
};

/* What became of the signals that a call's selector has for the caller. */
enum wire_enforcement {
	WIRE_ENFORCEMENT_NONE = 0,      /* it has none */
	WIRE_ENFORCEMENT_DONE = 1,      /* all were sent */
	WIRE_ENFORCEMENT_MONITORED = 2, /* none was sent: the policy monitors */
	WIRE_ENFORCEMENT_FAILED = 3,    /* the kernel refused one, or it was for the service itself */
};

struct wire_header {
	__u16 version;
	__u16 kind;    /* enum wire_kind */
	__u32 size;    /* of the whole record */
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 tgid;    /* in the initial pid namespace */
	__u32 tid;
};

/*
 * A hooked function was called. Where the hook reports the return, the record
 * is completed, timed and sent when the call returns; else at its entry.
 */
struct wire_call {
	struct wire_header header;
	__u32 hook;        /* the id that the server loaded this program with */
	__u16 target;      /* which of the hook's functions, in the plan's order */
	__u8 selector;     /* which of the hook's selectors took the call */
	__u8 enforcement;  /* enum wire_enforcement */
};

struct wire_value {
	__u8 position; /* in the policy's argument list, or WIRE_POSITION_RETURN */
	__u8 type;     /* enum wire_type */
	__u8 status;   /* enum wire_status */
	__u8 reserved;
	__u32 size;    /* of the payload */
	__u32 room;    /* from the payload's first byte to the next value; a multiple of 8 */
	__u32 length;  /* truncated: bytes (string) or elements that there were; 0 unknown */
};

/* A slice of the record, and how many bytes there were: more where it was cut. */
struct wire_text {
	__u32 offset;
	__u32 length;
	__u32 whole;
};

/* Who a process acts as. */
struct wire_credentials {
	__u32 uid, gid;
	__u32 euid, egid;
	__u32 suid, sgid;
	__u32 fsuid, fsgid;
	__u32 securebits; /* SECBIT_*, see capabilities(7) */
	__u32 reserved;
	__u64 permitted, effective, inheritable; /* bit n is capability n */
};

/* Places in wire_task.namespaces. */
enum wire_namespace {
	WIRE_NAMESPACE_UTS,
	WIRE_NAMESPACE_IPC,
	WIRE_NAMESPACE_MNT,
	WIRE_NAMESPACE_PID,
	WIRE_NAMESPACE_PID_FOR_CHILDREN,
	WIRE_NAMESPACE_NET,
	WIRE_NAMESPACE_TIME,
	WIRE_NAMESPACE_TIME_FOR_CHILDREN,
	WIRE_NAMESPACE_CGROUP,
	WIRE_NAMESPACE_USER,
	WIRE_NAMESPACE_COUNT,
};

/* A process at the moment of the record. */
struct wire_task {
	__u64 start_ns;     /* CLOCK_BOOTTIME, when the process was forked */
	__u32 tgid;         /* in the initial pid namespace */
	__u32 parent_tgid;  /* likewise */
	__u32 inner_tgid;   /* in its own pid namespace */
	__u32 level;        /* of that namespace; 0 is the initial one */
	__u32 auid;         /* login uid, 4294967295 unset */
	__u32 reserved;
	__u64 cgroup;       /* id of its cgroup: of the unified hierarchy, or where that is unused of pids */
	struct wire_credentials credentials;
	__u32 namespaces[WIRE_NAMESPACE_COUNT]; /* inode numbers; 0 unknown */
};

/* What there is to know of an exec besides its texts. */
#define WIRE_EXEC_ARGUMENTS_UNREAD 1u   /* the memory of arguments or environment could not be read */
#define WIRE_EXEC_CWD_DETACHED 2u       /* the directory is not below the root of the process */
#define WIRE_EXEC_SECURE 4u             /* AT_SECURE: it runs with more rights than its caller */
#define WIRE_EXEC_RAISED_SETUID 8u      /* the file's set-user-ID bit changed the effective user */
#define WIRE_EXEC_RAISED_SETGID 16u     /* the file's set-group-ID bit changed the effective group */
#define WIRE_EXEC_RAISED_FILE_CAP 32u   /* capabilities of the file were granted */

/*
 * A process replaced its program; header.tgid is that process.
 *
 * filename: as given to execve(2), maybe relative.
 * executable: the file that runs: of a script, its interpreter. A path.
 * cwd: the working directory. A path.
 * cgroup: where the process is in the hierarchy of wire_task.cgroup. A path.
 * arguments: argv[0..], each ended by a NUL.
 * environment: NAME=VALUE, each ended by a NUL; where the server asks for it.
 *
 * A path is names from the innermost outwards, each ended by a NUL; none at the
 * root. "c\0b\0a\0" is /a/b/c. Where it was cut, its outermost names are missing.
 */
struct wire_exec {
	struct wire_header header;
	struct wire_task task;
	__u64 inode;       /* of the executable */
	__u32 links;       /* names that the executable has; 0: deleted, or never had one */
	__u32 flags;       /* WIRE_EXEC_* */
	struct wire_text filename;
	struct wire_text executable;
	struct wire_text cwd;
	struct wire_text cgroup;
	struct wire_text arguments;
	struct wire_text environment;
};

/* A process (not a thread) was created; header.tgid is who called fork(2). */
struct wire_fork {
	struct wire_header header;
	struct wire_task child; /* its parent is not always the caller */
};

/* The last thread of a process ended. May come twice; the second says nothing. */
struct wire_exit {
	struct wire_header header;
	__u32 code;        /* as in wait(2): status << 8, or the signal and 128 for a core dump */
	__u32 reserved;
};

/* What the programs of one hook count; one set per CPU. */
struct wire_counters {
	__u64 sent;
	__u64 filtered;       /* calls that no selector took */
	__u64 ring_full;      /* records lost: the ring buffer had no room */
	__u64 pending_full;   /* calls lost: no memory to keep their entry */
	__u64 pending_missed; /* returns whose entry was not seen */
	__u64 pending_begun;  /* entries that were kept until their return */
	__u64 pending_ended;  /* those of them that returned */
	__u64 pending_stale;  /* those of them whose place a later call took: their return was not seen */
};

/* What the calls that one selector of a hook took have led to; one set per CPU. */
struct wire_actions {
	__u64 post;           /* calls that a record is sent of */
	__u64 nopost;         /* calls that none is sent of */
	__u64 signal;         /* signals that were sent */
	__u64 monitor_signal; /* signals that were not: the policy monitors */
	__u64 failed_signal;  /* signals that the kernel refused, or that were for the service itself */
};

/* Shared between the ring's producers and its reader. */
struct wire_reader {
	__u32 asleep;     /* not 0: the next record must wake the reader */
	__u32 lost;       /* process records that found the ring full */
	__u32 hooks_lost; /* grows with each loss that a hook's wire_counters count */
	__u32 unfollowed; /* children of followed processes that process_sets had no room for */
	__u32 service;    /* its tgid in the initial pid namespace: no policy sends it signals */
};

#define WIRE_LAYOUT(type, bytes) \
	_Static_assert(sizeof(struct type) == (bytes), #type " must be " #bytes " bytes")
WIRE_LAYOUT(wire_header, 24);
WIRE_LAYOUT(wire_call, 32);
WIRE_LAYOUT(wire_value, 16);
WIRE_LAYOUT(wire_task, 144);
WIRE_LAYOUT(wire_exec, 256);
WIRE_LAYOUT(wire_fork, 168);
WIRE_LAYOUT(wire_exit, 32);

#endif
