#define _GNU_SOURCE
#include "lives.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 8
#define STARTS_MAX 1000000

/* Shared with the workers. */
struct worker {
	pid_t pid;
	atomic_int started;
	int mark;
	pid_t pids[STARTS_MAX];
};

static struct worker *workers;
static int worker_count;
static int is_endless;
static atomic_int *stopping;

static void work(struct worker *worker, int count, char *program)
{
	char *argv[] = { program, NULL }, *envp[] = { NULL };
	int status, limit = count ? count : STARTS_MAX;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (worker->started < limit && !*stopping) {
		pid_t child = vfork();

		if (child == 0) {
			execve(program, argv, envp);
			_exit(127);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status)
			_exit(1);
		worker->pids[worker->started] = child;
		worker->started++;
	}
	_exit(0);
}

static void *shared(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

int churn_begin(int count, int starts, char *program)
{
	if (count < 1 || count > WORKERS_MAX || starts < 0 || starts > STARTS_MAX || worker_count)
		return -1;
	is_endless = !starts;
	workers = shared(sizeof(*workers) * (size_t)count);
	stopping = shared(sizeof(*stopping));
	if (workers == MAP_FAILED || stopping == MAP_FAILED)
		return -1;
	for (; worker_count < count; worker_count++) {
		struct worker *worker = &workers[worker_count];

		pid_t pid = fork();

		if (pid < 0)
			return -1;
		if (pid == 0)
			work(worker, starts, program);
		worker->pid = pid;
		printf("%s%d", worker_count ? " " : "", pid);
	}
	return printf("\n") < 0;
}

int churn_mark(void)
{
	/* One may be on its way. */
	for (int i = 0; i < worker_count; i++)
		workers[i].mark = workers[i].started + 1;
	return worker_count ? printf("%d\n", workers[0].mark) < 0 : -1;
}

int churn_end(void)
{
	int status, failed = 0;

	*stopping = is_endless;
	for (int i = 0; i < worker_count; i++) {
		struct worker *worker = &workers[i];

		failed |= waitpid(worker->pid, &status, 0) != worker->pid || status;
		printf("%s%d:", i ? " " : "", worker->mark);
		for (int j = 0; j < worker->started; j++)
			printf("%s%d", j ? "," : "", worker->pids[j]);
	}
	printf(failed ? " ?\n" : "\n");
	munmap(workers, sizeof(*workers) * (size_t)worker_count);
	munmap(stopping, sizeof(*stopping));
	worker_count = 0;
	return 0;
}
