#define _GNU_SOURCE
#include "lives.h"
#include "steps.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The end that is read from is the standard input of all; the other ends with this process. */
static int leash[2] = { -1, -1 };

static void live(char **steps, int report)
{
	sigset_t none;
	int failure;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Whoever started this program may have blocked some. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(leash[1]);
	dup2(leash[0], STDIN_FILENO);
	failure = -steps_do(steps, report);
	if (write(report, &failure, sizeof(failure)) < 0)
		perror("report");
	_exit(1);
}

int life_start(char **steps)
{
	int report[2], number;
	pid_t child;

	/* Who loses its parent becomes a child of this process, and not of the machine's first. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) || (leash[0] < 0 && pipe2(leash, O_CLOEXEC)) ||
	    pipe2(report, O_CLOEXEC))
		return -1;
	child = fork();
	if (child < 0)
		return -1;
	if (child == 0)
		live(steps, report[1]);
	close(report[1]);
	printf("%d", child);
	while (read(report[0], &number, sizeof(number)) == sizeof(number))
		printf(" %d", number);
	close(report[0]);
	printf("\n");
	return 0;
}

int life_end(int pid, int signal)
{
	int status;

	if (signal && kill(pid, signal))
		return -1;
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return printf("%d\n", status) < 0;
}
