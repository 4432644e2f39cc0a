/*
 * syscaller - makes system calls when it is told to, for tests and benchmarks that trace them.
 *
 * Prints its process id, then obeys commands from standard input, and answers
 * each with one line; "?" where it cannot.
 *
 *   call NAME ARGUMENT...        one system call      RESULT ERRNO [INT32,INT32,...]...
 *   fork NAME ARGUMENT...        the same, by a child that ends at once     PID RESULT ...
 *   try NAME ARGUMENT...         the same, by a child that it may end       PID STATUS
 *   exec DIRECTORY COUNT NAME ARGUMENT...
 *                                the same, by COUNT new programs one after the other, which
 *                                run in DIRECTORY                           PID PID ...
 *   child                        starts a child that obeys commands         PID
 *   tell COMMAND                 has the last child obey             the child's answer
 *   storm THREADS CALLS FLAGS PAUSE
 *                                pipe2 from many threads             TID:fd,fd,... ...
 *   stress THREADS FLAGS         the same, until "calm"              started
 *   calm                                                             calls made
 *   program ID, map ID, link ID  does BPF have one of this id        yes, no
 *   start STEP...                a process that does steps          PID PID ...
 *   end PID SIGNAL               its status, once the signal, if any, or it itself ended it
 *   churn WORKERS COUNT PROGRAM  programs one after the other, from many processes
 *                                                                   WORKER WORKER ...
 *   mark, still                  notes how far they are; waits until they are done
 *                                                                   MARK; MARK:PID,PID,... ...
 *
 * Arguments are described in arguments.h, steps in steps.h, the last three in lives.h. With arguments of its own:
 *
 *   syscaller steps STEP...                   does the steps
 *   syscaller once NUMBER NAME ARGUMENT...    makes one call and ends
 *   syscaller run PROGRAM ARGUMENT...         becomes PROGRAM, which ends with its parent
 *
 * It ends when its standard input ends, or its parent does.
 */
#define _GNU_SOURCE
#include "arguments.h"
#include "lives.h"
#include "steps.h"
#include "storm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 64

static const struct {
	const char *name;
	long number;
} calls[] = {
	{ "close", SYS_close },           { "getgroups", SYS_getgroups },
	{ "getresgid", SYS_getresgid },   { "mmap", SYS_mmap },
	{ "mremap", SYS_mremap },         { "read", SYS_read },
	{ "openat", SYS_openat },         { "pipe", SYS_pipe },
	{ "pipe2", SYS_pipe2 },           { "prctl", SYS_prctl },
	{ "setgroups", SYS_setgroups },   { "setresgid", SYS_setresgid },
	{ "socketpair", SYS_socketpair }, { "wait4", SYS_wait4 },
};

static char program[4096];
static FILE *to_child, *from_child;

static long call_number(const char *name)
{
	for (size_t i = 0; name && i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(name, calls[i].name))
			return calls[i].number;
	return -1;
}

/* Makes the call that the words say; prints what came of it, after `before`, if `prints`. */
static int make_call(char **words, const char *before, int prints)
{
	struct argument arguments[ARGUMENTS_MAX] = { 0 };
	long number = call_number(words[0]), result;
	int count = 0, failed = number < 0;

	for (; !failed && words[1 + count]; count++)
		failed = count == ARGUMENTS_MAX ||
			 argument_parse(&arguments[count], words[1 + count]);
	if (!failed) {
		errno = 0;
		result = syscall(number, arguments[0].value, arguments[1].value,
				 arguments[2].value, arguments[3].value, arguments[4].value,
				 arguments[5].value);
		if (prints)
			printf("%s%ld %d", before, result, errno);
		for (int i = 0; prints && i < ARGUMENTS_MAX; i++)
			for (size_t j = 0; j < arguments[i].shown_count; j++)
				printf("%s%d", j ? "," : " ", arguments[i].shown[j]);
		if (prints)
			printf("\n");
	}
	for (int i = 0; i < ARGUMENTS_MAX; i++)
		argument_free(&arguments[i]);
	return failed ? -1 : 0;
}

static void die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

static int fork_and_call(char **words)
{
	char before[32];
	int status;
	pid_t child = fork();

	if (child < 0)
		return -1;
	if (child == 0) {
		die_with_parent();
		snprintf(before, sizeof(before), "%d ", getpid());
		status = make_call(words, before, 1);
		fflush(stdout);
		_exit(status ? 1 : 0);
	}
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

/* What wait(2) tells of a child that makes the call and ends with 0, if nothing ends it before. */
static int try_call(char **words)
{
	int status;
	pid_t child = call_number(words[0]) < 0 ? -1 : fork();

	if (child < 0)
		return -1;
	if (child == 0) {
		die_with_parent();
		_exit(make_call(words, "", 0) ? 1 : 0);
	}
	if (waitpid(child, &status, 0) != child)
		return -1;
	printf("%d %d\n", child, status);
	return 0;
}

static int exec_and_call(char **words)
{
	int count = words[0] && words[1] ? atoi(words[1]) : 0;
	char *argv[WORDS_MAX + 4] = { program, "once", NULL };
	char number[16];

	if (count < 1 || call_number(words[2]) < 0)
		return -1;
	for (int i = 0; words[2 + i]; i++)
		argv[3 + i] = words[2 + i];
	for (int i = 0; i < count; i++) {
		int status;
		pid_t child = fork();

		if (child < 0)
			return -1;
		if (child == 0) {
			snprintf(number, sizeof(number), "%d", i);
			argv[2] = number;
			if (chdir(words[0]) == 0)
				execv(program, argv);
			_exit(1);
		}
		if (waitpid(child, &status, 0) != child || status)
			return -1;
		printf("%s%d", i ? " " : "", child);
	}
	printf("\n");
	return 0;
}

static void obey_all(void);

/* Not pipe2 or socketpair: those are what tests trace. */
static int private_pipe(int pair[2])
{
	if (syscall(SYS_pipe, pair))
		return -1;
	fcntl(pair[0], F_SETFD, FD_CLOEXEC);
	fcntl(pair[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

static int start_child(void)
{
	int commands[2], answers[2];
	pid_t child;

	if (private_pipe(commands) || private_pipe(answers))
		return -1;
	child = fork();
	if (child < 0)
		return -1;
	if (child == 0) {
		die_with_parent();
		dup2(commands[0], STDIN_FILENO);
		dup2(answers[1], STDOUT_FILENO);
		__fpurge(stdin); /* commands that the parent has read ahead are its own */
		close_range(3, ~0u, 0);
		obey_all();
		_exit(0);
	}
	close(commands[0]);
	close(answers[1]);
	to_child = fdopen(commands[1], "w");
	from_child = fdopen(answers[0], "r");
	printf("%d\n", child);
	return 0;
}

static int tell_child(const char *command)
{
	char *answer = NULL;
	size_t room = 0;

	if (!to_child || fprintf(to_child, "%s\n", command) < 0 || fflush(to_child))
		return -1;
	if (getline(&answer, &room, from_child) < 0) {
		free(answer);
		return -1;
	}
	fputs(answer, stdout);
	free(answer);
	return 0;
}

/* Every kind's id is the first field of the attributes. */
static int object_exists(int command, unsigned id)
{
	union bpf_attr attr = { .prog_id = id };
	int descriptor = (int)syscall(SYS_bpf, command, &attr, sizeof(attr));

	if (descriptor < 0 && errno != ENOENT)
		return -1;
	printf(descriptor < 0 ? "no\n" : "yes\n");
	if (descriptor >= 0)
		close(descriptor);
	return 0;
}

static int obey_words(char **words, int count)
{
	if (!strcmp(words[0], "call"))
		return make_call(words + 1, "", 1);
	if (!strcmp(words[0], "fork"))
		return fork_and_call(words + 1);
	if (!strcmp(words[0], "try"))
		return try_call(words + 1);
	if (!strcmp(words[0], "exec"))
		return exec_and_call(words + 1);
	if (!strcmp(words[0], "child"))
		return start_child();
	if (!strcmp(words[0], "storm") && count == 5)
		return storm(atoi(words[1]), atoi(words[2]), atoi(words[3]), atoi(words[4]));
	if (!strcmp(words[0], "stress") && count == 3) {
		if (stress(atoi(words[1]), atoi(words[2])))
			return -1;
		return printf("started\n") < 0;
	}
	if (!strcmp(words[0], "calm"))
		return printf("%lu\n", calm()) < 0;
	if (!strcmp(words[0], "program") && count == 2)
		return object_exists(BPF_PROG_GET_FD_BY_ID, (unsigned)strtoul(words[1], NULL, 0));
	if (!strcmp(words[0], "map") && count == 2)
		return object_exists(BPF_MAP_GET_FD_BY_ID, (unsigned)strtoul(words[1], NULL, 0));
	if (!strcmp(words[0], "link") && count == 2)
		return object_exists(BPF_LINK_GET_FD_BY_ID, (unsigned)strtoul(words[1], NULL, 0));
	if (!strcmp(words[0], "start"))
		return life_start(words + 1);
	if (!strcmp(words[0], "end") && count == 3)
		return life_end(atoi(words[1]), atoi(words[2]));
	if (!strcmp(words[0], "churn") && count == 4)
		return churn_begin(atoi(words[1]), atoi(words[2]), words[3]);
	if (!strcmp(words[0], "mark"))
		return churn_mark();
	if (!strcmp(words[0], "still"))
		return churn_end();
	return -1;
}

static int obey(char *line)
{
	char *words[WORDS_MAX + 1] = { 0 };
	int count = 0;

	line[strcspn(line, "\n")] = 0;
	if (!strncmp(line, "tell ", 5))
		return tell_child(line + 5);
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
		if (count == WORDS_MAX)
			return -1;
		words[count++] = word;
	}
	return count ? obey_words(words, count) : -1;
}

static void obey_all(void)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		if (obey(line))
			printf("?\n");
		fflush(stdout);
	}
	free(line);
}

int main(int argc, char **argv)
{
	sigset_t none;
	ssize_t length;

	/* A thread of whoever started us may have blocked signals, which a new program inherits. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (argc > 3 && !strcmp(argv[1], "once"))
		return make_call(argv + 3, "", 0) ? 1 : 0;
	if (argc > 2 && !strcmp(argv[1], "steps"))
		return steps_do(argv + 2, -1);
	die_with_parent();
	close_range(3, ~0u, 0); /* what whoever started us left open */
	if (argc > 2 && !strcmp(argv[1], "run")) {
		execv(argv[2], argv + 2);
		perror(argv[2]);
		return 1;
	}
	length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	if (length < 0)
		return 1;
	program[length] = 0;
	printf("%d\n", getpid());
	fflush(stdout);
	obey_all();
	return 0;
}
