/* What Swift cannot call or import by itself. */
#ifndef MARTLET_CLIBBPF_SHIM_H
#define MARTLET_CLIBBPF_SHIM_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
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

/* Sequentially consistent: the store may not pass the look at the ring that follows it. */
static inline void martlet_store(unsigned int *word, unsigned int value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

static inline unsigned int martlet_load(const unsigned int *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

#endif
