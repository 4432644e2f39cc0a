/* steps.h - what a new process does before it runs another program, or ends. */
#ifndef SYSCALLER_STEPS_H
#define SYSCALLER_STEPS_H

/*
 * Steps are words, done in order:
 *
 *   chdir:DIR  rmdir:DIR     goes there; removes an empty directory
 *   uid:N  gid:N             becomes this user, this group, and no others
 *   grant:FILE               gives an executable CAP_NET_RAW
 *   unshare:FLAGS            unshare(2); CLONE_* as a number
 *   cgroup:DIR               moves there
 *   argv:FILE  env:FILE      what the program gets: texts, each ended by a NUL
 *
 *   fork                     a child does the rest; this one waits for its end, then ends
 *   fork:PID                 the same, with a child of this number
 *   orphan                   a child does the rest; this one ends when it runs its program
 *   daemon                   a child does the rest, once this one has ended
 *   thread                   another thread does the rest
 *   survivor:N               another thread does the rest, once the first has ended with N
 *
 *   exec:PATH                runs it
 *   deleted:PATH             runs it from a descriptor, after it was unlinked
 *   memfd:PATH               runs a copy in memory
 *   exit:N  end:N            ends the process; ends the thread
 *   raise:N  core:N          sends itself the signal; allows a core file before
 */

/* What runs from a descriptor, does so from this one. */
#define EXEC_DESCRIPTOR 100

/*
 * Does the steps, and returns only where one of them failed: its errno. Process ids of children are
 * written to `report` as int, which is closed with the first program that runs.
 */
int steps_do(char **steps, int report);

#endif
