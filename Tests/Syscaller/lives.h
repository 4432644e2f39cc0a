/* lives.h - processes that begin and end. */
#ifndef SYSCALLER_LIVES_H
#define SYSCALLER_LIVES_H

/*
 * Starts a process that does the steps of steps.h; prints "PID PID ..." of it and of those that it
 * forked, once they run their programs or have ended. Each ends with this process, or when the
 * standard input ends that it shares with the others.
 */
int life_start(char **steps);

/* Sends a process that life_start() told of a signal, if not 0; prints what wait(2) told, in its
 * own form, when it has ended. */
int life_end(int pid, int signal);

/*
 * Starts workers that run a program over and over, `count` times each, or until churn_end() where
 * that is 0; prints the workers.
 */
int churn_begin(int workers, int count, char *program);

/* Notes how many each has started by now, at least. */
int churn_mark(void);

/* Waits until the workers are done; prints "MARK:PID,PID,..." for each. */
int churn_end(void);

#endif
