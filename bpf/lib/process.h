/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* process.h - builds the record of an exec: its program, arguments and directory. */
#ifndef MARTLET_PROCESS_H
#define MARTLET_PROCESS_H

#include "record.h"

#define FILENAME_MAX_BYTES 4096
#define ARGUMENTS_MAX_BYTES 16384
#define CWD_MAX_NAMES 1024
#define NAME_MAX_BYTES 256 /* NAME_MAX of Linux, and a terminator */
#define CWD_MAX_BYTES 4096

/* The text of a record may begin here at the latest, so that all of it fits. */
#define EXEC_TEXT_MAX (FILENAME_MAX_BYTES + ARGUMENTS_MAX_BYTES + CWD_MAX_BYTES)

struct exec_record {
	__u32 size;
	__u32 reserved;
	union {
		struct wire_exec exec;
		__u8 bytes[sizeof(struct wire_exec) + EXEC_TEXT_MAX + FILENAME_MAX_BYTES];
	};
};

/* One per CPU serves: sched_process_exec runs with preemption disabled. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_record);
} exec_scratch SEC(".maps");

/* Counts a process record that the ring had no room for. */
static __always_inline void process_lost(void)
{
	__u32 zero = 0;
	struct wire_reader *state = bpf_map_lookup_elem(&reader, &zero);

	if (state)
		__sync_fetch_and_add(&state->lost, 1);
}

static __always_inline void exec_read_filename(struct exec_record *record, const char *filename)
{
	__u32 at = sizeof(struct wire_exec);
	long copied = bpf_probe_read_kernel_str(record->bytes + at, FILENAME_MAX_BYTES, filename);

	if (copied <= 0)
		copied = 1;
	/* PATH_MAX counts the terminator, so no name that execve(2) takes is cut here. */
	record->exec.filename.offset = at;
	record->exec.filename.length = copied - 1;
	record->size = at + copied - 1;
}

static __always_inline void exec_read_arguments(struct exec_record *record, struct mm_struct *mm)
{
	__u64 start = BPF_CORE_READ(mm, arg_start);
	__u64 length = BPF_CORE_READ(mm, arg_end) - start;
	__u32 at = record->size;

	if (length > ARGUMENTS_MAX_BYTES) {
		length = ARGUMENTS_MAX_BYTES;
		record->exec.flags |= WIRE_EXEC_TRUNCATED_ARGUMENTS;
	}
	if (at > sizeof(struct wire_exec) + FILENAME_MAX_BYTES)
		return; /* cannot happen; the verifier needs to hear it */
	if (bpf_probe_read_user(record->bytes + at, length, (const void *)start)) {
		length = 0;
		record->exec.flags |= WIRE_EXEC_NO_ARGUMENTS;
	}
	record->exec.arguments.offset = at;
	record->exec.arguments.length = length;
	record->size = at + length;
}

/* Where a walk from a directory to the root of the tree stands. */
struct cwd_walk {
	struct exec_record *record;
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root_dentry;
	struct mount *root_mount;
	__u32 finished;
	__u32 limit; /* record size at which the walk gives up */
};

/* One step: appends the name of a directory, or crosses to the mount above. */
static long cwd_step(__u32 index, void *context)
{
	struct cwd_walk *walk = context;
	struct exec_record *record = walk->record;
	struct dentry *dentry = walk->dentry, *parent;
	struct mount *mount = walk->mount, *above;
	__u32 at = record->size;
	long copied;

	if (dentry == walk->root_dentry && mount == walk->root_mount) {
		walk->finished = 1;
		return 1;
	}
	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		above = BPF_CORE_READ(mount, mnt_parent);
		if (above == mount) {
			walk->finished = 1;
			return 1;
		}
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = above;
		return 0;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (parent == dentry) {
		walk->finished = 1; /* a disconnected tree: not reachable from the root */
		return 1;
	}
	if (at > walk->limit || at > sizeof(record->bytes) - NAME_MAX_BYTES)
		return 1;
	copied = bpf_probe_read_kernel_str(record->bytes + at, NAME_MAX_BYTES,
					   BPF_CORE_READ(dentry, d_name.name));
	if (copied > 0)
		record->size = at + copied;
	walk->dentry = parent;
	return 0;
}

static __always_inline void exec_read_cwd(struct exec_record *record, struct fs_struct *fs)
{
	struct vfsmount *mount = BPF_CORE_READ(fs, pwd.mnt);
	struct vfsmount *root = BPF_CORE_READ(fs, root.mnt);
	__u64 member = bpf_core_field_offset(struct mount, mnt);
	struct cwd_walk walk = {
		.record = record,
		.dentry = BPF_CORE_READ(fs, pwd.dentry),
		.mount = (void *)mount - member,
		.root_dentry = BPF_CORE_READ(fs, root.dentry),
		.root_mount = (void *)root - member,
		.limit = record->size + CWD_MAX_BYTES - NAME_MAX_BYTES,
	};

	record->exec.cwd.offset = record->size;
	bpf_loop(CWD_MAX_NAMES, cwd_step, &walk, 0);
	record->exec.cwd.length = record->size - record->exec.cwd.offset;
	if (!walk.finished)
		record->exec.flags |= WIRE_EXEC_TRUNCATED_CWD;
}

static __always_inline void exec_send(struct exec_record *record)
{
	__u32 size = record->size;

	if (size > sizeof(record->bytes))
		return; /* cannot happen; the verifier needs to hear it */
	record_header(&record->exec.header, WIRE_KIND_EXEC, size,
		      bpf_get_current_pid_tgid());
	if (bpf_ringbuf_output(&events, record->bytes, size, record_wakeup()))
		process_lost();
}

#endif
