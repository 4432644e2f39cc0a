#define _GNU_SOURCE
#include "storm.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS_MAX 64

struct caller {
	pthread_t thread;
	pid_t tid;
	int flags;
	int calls; /* 0: until told to stop */
	int pause; /* microseconds between two calls */
	int *pairs;
	unsigned long made;
};

static struct caller callers[THREADS_MAX];
static int started;
static atomic_int stopping;
static pthread_barrier_t start;

static void *run(void *context)
{
	struct caller *caller = context;
	int pair[2];

	caller->tid = gettid();
	/* Flat out, and yet nobody else has to wait for a processor. */
	if (!caller->calls)
		setpriority(PRIO_PROCESS, (id_t)caller->tid, 10);
	pthread_barrier_wait(&start);
	while (caller->calls ? caller->made < (unsigned long)caller->calls : !stopping) {
		if (syscall(SYS_pipe2, pair, caller->flags) == 0) {
			close(pair[0]);
			close(pair[1]);
		} else {
			pair[0] = pair[1] = -1;
		}
		if (caller->pairs) {
			caller->pairs[2 * caller->made] = pair[0];
			caller->pairs[2 * caller->made + 1] = pair[1];
		}
		caller->made++;
		if (caller->pause)
			usleep(caller->pause);
	}
	return NULL;
}

static int begin(int threads, int calls, int flags, int pause)
{
	if (threads < 1 || threads > THREADS_MAX || started)
		return -1;
	stopping = 0;
	pthread_barrier_init(&start, NULL, (unsigned)threads);
	for (started = 0; started < threads; started++) {
		struct caller *caller = &callers[started];

		*caller = (struct caller){ .flags = flags, .calls = calls, .pause = pause };
		caller->pairs = calls ? calloc(2 * (size_t)calls, sizeof(int)) : NULL;
		if ((calls && !caller->pairs) ||
		    pthread_create(&caller->thread, NULL, run, caller))
			exit(1); /* the others wait at the barrier for good */
	}
	return 0;
}

static unsigned long finish(void)
{
	unsigned long made = 0;

	for (int i = 0; i < started; i++) {
		pthread_join(callers[i].thread, NULL);
		made += callers[i].made;
	}
	pthread_barrier_destroy(&start);
	return made;
}

static void forget(void)
{
	for (int i = 0; i < started; i++)
		free(callers[i].pairs);
	started = 0;
}

int storm(int threads, int calls, int flags, int pause)
{
	if (calls < 1 || begin(threads, calls, flags, pause))
		return -1;
	finish();
	for (int i = 0; i < threads; i++) {
		printf("%s%d:", i ? " " : "", callers[i].tid);
		for (int j = 0; j < 2 * calls; j++)
			printf("%s%d", j ? "," : "", callers[i].pairs[j]);
	}
	printf("\n");
	forget();
	return 0;
}

int stress(int threads, int flags) { return begin(threads, 0, flags, 0); }

unsigned long calm(void)
{
	unsigned long made;

	stopping = 1;
	made = finish();
	forget();
	return made;
}
