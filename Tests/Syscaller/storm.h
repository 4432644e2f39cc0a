/* storm.h - many threads that call pipe2(2) flat out. */
#ifndef SYSCALLER_STORM_H
#define SYSCALLER_STORM_H

/*
 * Makes `calls` calls in each thread, `pause` microseconds apart; prints
 * "TID:fd,fd,fd,fd,..." for each on one line.
 */
int storm(int threads, int calls, int flags, int pause);

/* Starts threads that go on until calm(). */
int stress(int threads, int flags);

/* Ends the threads of stress() and returns how many calls they made. */
unsigned long calm(void);

#endif
