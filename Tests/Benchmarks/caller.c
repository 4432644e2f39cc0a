// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * caller CPU - makes the system calls that are measured, on one CPU.
 *
 * Each line of its input is a job, and each gets one line of output:
 *
 *   time CALL N         N calls in a row           nanoseconds of CPU per call
 *   pace CALL RATE N    N calls, RATE a second     seconds that it took
 *
 * The CPU time of this thread holds all that tracing costs a caller, and nothing
 * of what else ran on the CPU.
 *
 *   CALL   pipe2      pipe2(2) and close(2) of both ends
 *          getppid    the cheapest call there is
 *          getgroups  two integers through a pointer, as pipe2, and nearly as cheap as getppid
 *
 * It ends with its input.
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void call_pipe2(void)
{
	int ends[2];

	if (syscall(SYS_pipe2, ends, O_CLOEXEC))
		fail("pipe2");
	close(ends[0]);
	close(ends[1]);
}

static void call_getppid(void)
{
	syscall(SYS_getppid);
}

static void call_getgroups(void)
{
	gid_t groups[2];

	if (syscall(SYS_getgroups, 2, groups) != 2)
		fail("getgroups");
}

static const struct {
	const char *name;
	void (*make)(void);
} calls[] = {
	{ "pipe2", call_pipe2 },
	{ "getppid", call_getppid },
	{ "getgroups", call_getgroups },
};

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* At once, in a tight loop. */
static double time_calls(void (*make)(void), unsigned long count)
{
	double start = now(CLOCK_THREAD_CPUTIME_ID);

	for (unsigned long i = 0; i < count; i++)
		make();
	return (now(CLOCK_THREAD_CPUTIME_ID) - start) / count * 1e9;
}

/* In bursts, half a millisecond apart; catches up after it was held up. */
static double pace_calls(void (*make)(void), unsigned long rate, unsigned long count)
{
	const struct timespec nap = { .tv_nsec = 500000 };
	unsigned long made = 0, due;
	double start = now(CLOCK_MONOTONIC);

	while (made < count) {
		due = (now(CLOCK_MONOTONIC) - start) * rate;
		for (; made < due && made < count; made++)
			make();
		nanosleep(&nap, NULL);
	}
	return now(CLOCK_MONOTONIC) - start;
}

static void run(const char *job)
{
	unsigned long rate = 0, count = 0;
	char name[16];

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (sscanf(job, "time %15s %lu", name, &count) == 2) {
			if (!strcmp(name, calls[i].name)) {
				printf("%.2f\n", time_calls(calls[i].make, count));
				return;
			}
		} else if (sscanf(job, "pace %15s %lu %lu", name, &rate, &count) == 3) {
			if (!strcmp(name, calls[i].name)) {
				printf("%.6f\n", pace_calls(calls[i].make, rate, count));
				return;
			}
		}
	}
	fprintf(stderr, "caller: not a job: %s", job);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	const gid_t groups[2] = { 1, 2 };
	cpu_set_t cpus;
	char job[128];

	if (argc != 2) {
		fprintf(stderr, "usage: caller CPU\n");
		return EXIT_FAILURE;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_TIMERSLACK, 1UL);
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[1]), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		fail("sched_setaffinity");
	if (setgroups(2, groups))
		fail("setgroups");
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(job, sizeof(job), stdin))
		run(job);
	return EXIT_SUCCESS;
}
