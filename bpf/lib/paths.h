/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* paths.h - writes paths into an exec's record, as names from the innermost outwards. */
#ifndef MARTLET_PATHS_H
#define MARTLET_PATHS_H

#include "record.h"

#define PATH_STEPS 4096    /* names of one letter, and the mounts between them */
#define CGROUP_STEPS 512
#define NAME_MAX_BYTES 256 /* NAME_MAX of Linux, and a terminator */

/* Behind the fixed part, one after the other: filename and three paths; listed, arguments too. */
#define EXEC_TEXTS_MAX (4 * WIRE_PATH_MAX)
#define EXEC_CHUNK 8192

struct exec_record {
	__u32 size;
	__u32 reserved;
	union {
		struct wire_exec exec;
		__u8 bytes[sizeof(struct wire_exec) + EXEC_TEXTS_MAX + NAME_MAX_BYTES];
	};
	/* What is copied from user memory passes through here. */
	__u8 chunk[EXEC_CHUNK];
};

/* One per CPU serves: the kernel does not run a tracing program within itself. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_record);
} exec_scratch SEC(".maps");

/* Appends a name, or only counts it where there is no room any more. */
static __always_inline void path_append(struct exec_record *record, struct wire_text *text,
					const void *name)
{
	__u32 at = record->size;
	long copied;

	if (at > sizeof(record->bytes) - NAME_MAX_BYTES)
		return; /* cannot happen; the verifier needs to hear it */
	copied = bpf_probe_read_kernel_str(record->bytes + at, NAME_MAX_BYTES, name);
	if (copied <= 1)
		return;
	/* Only whole names, and nothing behind one that was left out. */
	if (text->whole == text->length && text->length + copied <= WIRE_PATH_MAX) {
		text->length += copied;
		record->size = at + copied;
	}
	text->whole += copied;
}

static __always_inline void text_begin(struct exec_record *record, struct wire_text *text)
{
	text->offset = record->size;
	text->length = 0;
	text->whole = 0;
}

/* Where a walk from a file to the root of the process stands. */
struct path_walk {
	struct exec_record *record;
	struct wire_text *text;
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root_dentry;
	struct mount *root_mount;
	__u32 is_detached;
	__u32 reserved;
};

/* One step: appends the name of a file, or crosses to the mount above. */
static long path_step(__u32 index, void *context)
{
	struct path_walk *walk = context;
	struct dentry *dentry = walk->dentry, *parent;
	struct mount *mount = walk->mount, *above;

	if (dentry == walk->root_dentry && mount == walk->root_mount)
		return 1;
	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		above = BPF_CORE_READ(mount, mnt_parent);
		if (above == mount) {
			walk->is_detached = 1; /* the root of another tree of mounts */
			return 1;
		}
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = above;
		return 0;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	path_append(walk->record, walk->text, BPF_CORE_READ(dentry, d_name.name));
	if (parent == dentry) {
		walk->is_detached = 1; /* a file without a directory: memfd_create(2) */
		return 1;
	}
	walk->dentry = parent;
	return 0;
}

/* Returns whether the file is out of reach from the root of the process. */
static __always_inline bool path_write(struct exec_record *record, struct wire_text *text,
				       struct path *path, struct path *root)
{
	__u64 member = bpf_core_field_offset(struct mount, mnt);
	struct path_walk walk = {
		.record = record,
		.text = text,
		.dentry = BPF_CORE_READ(path, dentry),
		.mount = (void *)BPF_CORE_READ(path, mnt) - member,
		.root_dentry = BPF_CORE_READ(root, dentry),
		.root_mount = (void *)BPF_CORE_READ(root, mnt) - member,
	};

	text_begin(record, text);
	bpf_loop(PATH_STEPS, path_step, &walk, 0);
	return walk.is_detached;
}

struct cgroup_walk {
	struct exec_record *record;
	struct kernfs_node *node;
};

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *node)
{
	struct kernfs_node___renamed *renamed = (void *)node;

	if (bpf_core_field_exists(renamed->__parent))
		return BPF_CORE_READ(renamed, __parent);
	return BPF_CORE_READ(node, parent);
}

static long cgroup_step(__u32 index, void *context)
{
	struct cgroup_walk *walk = context;
	struct kernfs_node *node = walk->node, *parent = kernfs_parent(node);

	if (!parent)
		return 1;
	path_append(walk->record, &walk->record->exec.cgroup, BPF_CORE_READ(node, name));
	walk->node = parent;
	return 0;
}

static __always_inline void cgroup_write(struct exec_record *record, struct kernfs_node *node)
{
	struct cgroup_walk walk = { .record = record, .node = node };

	text_begin(record, &record->exec.cgroup);
	bpf_loop(CGROUP_STEPS, cgroup_step, &walk, 0);
}

#endif
