// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * spawner CPU PROGRAM - starts the processes that are measured, from one CPU.
 *
 * Each line of its input is a job, and each gets one line of output:
 *
 *   spawn N     vfork, exec of PROGRAM and wait, N times in a row    nanoseconds for each
 *   hold N      N children that stay                                 holding
 *   release     ends them                                            released
 *
 * What is told is the least of ten parts of N: a shared machine adds to time, and takes nothing.
 * PROGRAM ends at once, and stays where it is given an argument. It ends with its input.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PARTS 10
#define HELD_MAX 20000

static char *const no_environment[] = { NULL };
static pid_t held[HELD_MAX];
static int held_count;

static void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static pid_t start(const char *program, char *argument)
{
	char *const arguments[] = { (char *)program, argument, NULL };
	pid_t child = vfork();

	if (child < 0)
		fail("vfork");
	if (child == 0) {
		execve(program, arguments, no_environment);
		_exit(127);
	}
	return child;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static double spawn(const char *program, int count)
{
	double least = 0;

	for (int part = 0; part < PARTS; part++) {
		double begin = now(), each;

		for (int i = 0; i < count / PARTS; i++) {
			int status;

			if (waitpid(start(program, NULL), &status, 0) < 0 || status != 0)
				fail(program);
		}
		each = (now() - begin) / (count / PARTS);
		if (!least || each < least)
			least = each;
	}
	return least;
}

static void release(void)
{
	while (held_count > 0) {
		kill(held[--held_count], SIGKILL);
		waitpid(held[held_count], NULL, 0);
	}
}

int main(int argc, char **argv)
{
	char line[64];
	cpu_set_t cpus;
	int count;

	if (argc != 3)
		return EXIT_FAILURE;
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[1]), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		fail("sched_setaffinity");
	atexit(release);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "spawn %d", &count) == 1 && count >= PARTS) {
			printf("%.1f\n", spawn(argv[2], count));
		} else if (sscanf(line, "hold %d", &count) == 1 && count <= HELD_MAX) {
			while (held_count < count)
				held[held_count++] = start(argv[2], "stay");
			puts("holding");
		} else if (!strcmp(line, "release\n")) {
			release();
			puts("released");
		} else {
			return EXIT_FAILURE;
		}
		fflush(stdout);
	}
	return EXIT_SUCCESS;
}
