#define _GNU_SOURCE
#include "steps.h"
#include "images.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static struct image image;

/* What a thread is left to do. */
struct rest {
	char **steps;
	int report;
	int waits; /* until the first thread has ended */
};

static int move_to_cgroup(const char *directory)
{
	char path[4200];
	int file, failed;

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	file = open(path, O_WRONLY | O_CLOEXEC);
	failed = file < 0 || write(file, "0", 1) != 1;
	if (file >= 0)
		close(file);
	return failed ? -1 : 0;
}

/* The system calls: the C library would have every thread change. */
static int become(int user, unsigned id)
{
	if (syscall(SYS_setgroups, 0, NULL))
		return -1;
	return (int)(user ? syscall(SYS_setresuid, id, id, id) : syscall(SYS_setresgid, id, id, id));
}

static int grant(const char *file)
{
	struct vfs_cap_data rights = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1 << CAP_NET_RAW,
	};

	return setxattr(file, "security.capability", &rights, sizeof(rights), 0);
}

static pid_t fork_as(pid_t number)
{
	struct clone_args arguments = {
		.exit_signal = SIGCHLD,
		.set_tid = (__u64)(unsigned long)&number,
		.set_tid_size = number ? 1 : 0,
	};

	return number ? (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments)) : fork();
}

static void report_child(int report, pid_t child)
{
	if (write(report, &child, sizeof(child)) != sizeof(child))
		_exit(1);
}

/* Returns in the child; 0, or the errno. */
static int leave_to_child(const char *way, pid_t number, int report)
{
	pid_t parent = getpid(), child;
	int go[2], ends[2], status;
	char byte;

	/* The child waits for one, and closes the other by what it runs, or by its end. */
	if (pipe2(go, O_CLOEXEC) || pipe2(ends, O_CLOEXEC))
		return errno;
	child = fork_as(number);
	if (child < 0)
		return errno;
	if (child == 0) {
		close(go[1]);
		while (read(go[0], &byte, 1) > 0)
			;
		close(go[0]);
		prctl(PR_SET_PDEATHSIG, strcmp(way, "fork") ? 0 : SIGKILL);
		while (!strcmp(way, "daemon") && getppid() == parent)
			sched_yield();
		return 0;
	}
	report_child(report, child);
	close(go[1]);
	if (!strcmp(way, "daemon"))
		_exit(0);
	close(ends[1]);
	if (!strcmp(way, "orphan")) {
		while (read(ends[0], &byte, 1) > 0)
			;
		_exit(0);
	}
	close(report);
	_exit(waitpid(child, &status, 0) == child && status == 0 ? 0 : 1);
}

/* Whether the first thread has ended: the state in /proc behind the name, which has no ")". */
static int leader_has_ended(void)
{
	char text[512] = "", *name;
	int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);

	if (file < 0 || read(file, text, sizeof(text) - 1) < 0)
		_exit(1);
	close(file);
	name = strrchr(text, ')');
	return name && name[2] == 'Z';
}

static void *do_rest(void *context)
{
	struct rest *rest = context;
	int number;

	while (rest->waits && !leader_has_ended())
		sched_yield();
	number = -steps_do(rest->steps, rest->report);
	report_child(rest->report, number);
	_exit(1);
}

/* Does not return, unless there is no thread to be had. */
static int leave_to_thread(char **steps, int report, const char *status)
{
	struct rest rest = { .steps = steps, .report = report, .waits = status != NULL };
	pthread_t thread;
	int number = pthread_create(&thread, NULL, do_rest, &rest);

	if (number)
		return number;
	if (status)
		syscall(SYS_exit, atoi(status));
	while (1)
		pause();
}

static int end(const char *way, int number)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY }, none = { 0, 0 };

	if (!strcmp(way, "exit"))
		syscall(SYS_exit_group, number);
	if (!strcmp(way, "end"))
		syscall(SYS_exit, number);
	if (setrlimit(RLIMIT_CORE, strcmp(way, "core") ? &none : &unlimited))
		return errno;
	signal(number, SIG_DFL);
	raise(number);
	return EINVAL; /* the signal does not end a process */
}

/* Does one step; 0, or the errno. */
static int step(char *word, char **rest, int report)
{
	char *value = strchr(word, ':');

	if (value)
		*value++ = 0;
	if (!strcmp(word, "fork") || !strcmp(word, "orphan") || !strcmp(word, "daemon"))
		return leave_to_child(word, value ? atoi(value) : 0, report);
	if (!strcmp(word, "thread"))
		return leave_to_thread(rest, report, NULL);
	if (!value)
		return EINVAL;
	if (!strcmp(word, "survivor"))
		return leave_to_thread(rest, report, value);
	if (!strcmp(word, "chdir"))
		return chdir(value) ? errno : 0;
	if (!strcmp(word, "rmdir"))
		return rmdir(value) ? errno : 0;
	if (!strcmp(word, "uid") || !strcmp(word, "gid"))
		return become(*word == 'u', (unsigned)atoi(value)) ? errno : 0;
	if (!strcmp(word, "grant"))
		return grant(value) ? errno : 0;
	if (!strcmp(word, "unshare"))
		return unshare((int)strtol(value, NULL, 0)) ? errno : 0;
	if (!strcmp(word, "cgroup"))
		return move_to_cgroup(value) ? errno : 0;
	if (!strcmp(word, "argv"))
		return image_read(&image.arguments, value);
	if (!strcmp(word, "env"))
		return image_read(&image.environment, value);
	if (!strcmp(word, "exec") || !strcmp(word, "deleted") || !strcmp(word, "memfd"))
		return image_run(&image, word, value);
	if (!strcmp(word, "exit") || !strcmp(word, "end") || !strcmp(word, "raise") ||
	    !strcmp(word, "core"))
		return end(word, atoi(value));
	return EINVAL;
}

int steps_do(char **steps, int report)
{
	int failure = 0;

	for (; *steps && !failure; steps++)
		failure = step(*steps, steps + 1, report);
	return failure ? failure : EINVAL; /* the last step ends the process, or runs a program */
}
