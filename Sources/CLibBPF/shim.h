/* What Swift cannot call or import by itself. */
#ifndef MARTLET_CLIBBPF_SHIM_H
#define MARTLET_CLIBBPF_SHIM_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include <malloc.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* syscall(2) is variadic. The event counts nothing; it is what a program attaches to. */
static inline int martlet_open_tracepoint(unsigned long long id)
{
	struct perf_event_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.size = sizeof(attributes);
	attributes.type = PERF_TYPE_TRACEPOINT;
	attributes.config = id;
	return (int)syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/* An event of a whole CPU that counts nothing: who may open it may open every other. */
static inline int martlet_open_idle_event(void)
{
	struct perf_event_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.size = sizeof(attributes);
	attributes.type = PERF_TYPE_SOFTWARE;
	attributes.config = PERF_COUNT_SW_DUMMY;
	return (int)syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/*
 * A kprobe or uprobe, by the number of its kind in /sys/bus/event_source/devices.
 * `target` is a function of the kernel or the path of a file.
 */
static inline int martlet_open_probe(unsigned int type, unsigned long long config,
				     const char *target, unsigned long long offset)
{
	struct perf_event_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.size = sizeof(attributes);
	attributes.type = type;
	attributes.config = config;
	attributes.config1 = (unsigned long)target;
	attributes.config2 = offset;
	return (int)syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/*
 * Attaches a program to one function: BPF_LINK_CREATE of kprobe.multi and kprobe.session.
 * libbpf 1.1.2 knows the first alone.
 */
static inline int martlet_link_kprobe_multi(int program, unsigned int attach_type,
					    const char *function)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.link_create.prog_fd = program;
	attributes.link_create.attach_type = attach_type;
	attributes.link_create.kprobe_multi.cnt = 1;
	attributes.link_create.kprobe_multi.syms = (unsigned long)&function;
	return (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof(attributes));
}

/* Attaches a program to one place of a file: uprobe.multi, which libbpf 1.1.2 does not know. */
static inline int martlet_link_uprobe_multi(int program, unsigned int attach_type,
					    const char *path, unsigned long offset)
{
	struct {
		__u32 prog_fd, target_fd, attach_type, flags;
		__aligned_u64 path, offsets, ref_ctr_offsets, cookies;
		__u32 cnt, uprobe_flags, pid, padding;
	} attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.prog_fd = program;
	attributes.attach_type = attach_type;
	attributes.path = (unsigned long)path;
	attributes.offsets = (unsigned long)&offset;
	attributes.cnt = 1;
	return (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof(attributes));
}

/* fcntl(2) is variadic. */
static inline int martlet_duplicate(int descriptor)
{
	return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
}

/* open(2) is variadic. */
static inline int martlet_open(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Whether tracefs is mounted there, which may be seen without the right to look into it. */
static inline int martlet_is_tracefs(const char *path)
{
	struct statfs status;

	return statfs(path, &status) == 0 && status.f_type == TRACEFS_MAGIC;
}

/*
 * A mount of tracefs that no path leads to: fsopen(2), fsconfig(2), fsmount(2).
 * It goes with its descriptor. Returns -1 and errno where the kernel refuses.
 */
static inline int martlet_open_tracefs(void)
{
	const unsigned int create = 6; /* FSCONFIG_CMD_CREATE */
	int context = (int)syscall(SYS_fsopen, "tracefs", 1 /* FSOPEN_CLOEXEC */);
	int mount = -1, number;

	if (context < 0)
		return -1;
	if (syscall(SYS_fsconfig, context, create, NULL, NULL, 0) == 0)
		mount = (int)syscall(SYS_fsmount, context, 1 /* FSMOUNT_CLOEXEC */, 0);
	number = errno;
	close(context);
	errno = number;
	return mount;
}

/* membarrier(2) has no wrapper. Where it is refused, a wait as long as the kernel's usual one. */
static inline void martlet_wait_for_grace_period(void)
{
	if (syscall(SYS_membarrier, 1 /* MEMBARRIER_CMD_GLOBAL */, 0, 0) != 0)
		usleep(100 * 1000);
}

/* memfd_create(2) needs _GNU_SOURCE: a file that nobody maps. */
static inline int martlet_open_memory(const char *name)
{
	return (int)syscall(SYS_memfd_create, name, 1 /* MFD_CLOEXEC */);
}

/* Sequentially consistent: the store may not pass the look at the ring that follows it. */
static inline void martlet_store(unsigned int *word, unsigned int value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

static inline unsigned int martlet_load(const unsigned int *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* The positions of a ring buffer: what was written before one is there for who has read it. */
static inline unsigned long martlet_load_position(const unsigned long *position)
{
	return __atomic_load_n(position, __ATOMIC_ACQUIRE);
}

static inline void martlet_store_position(unsigned long *position, unsigned long value)
{
	__atomic_store_n(position, value, __ATOMIC_RELEASE);
}

#endif
