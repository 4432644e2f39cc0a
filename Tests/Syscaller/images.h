/* images.h - the program that a process runs, and what it is given. */
#ifndef SYSCALLER_IMAGES_H
#define SYSCALLER_IMAGES_H

struct image {
	char **arguments;   /* without: the path alone */
	char **environment; /* without: this process's */
};

/* Reads texts, each ended by a NUL, from a file; 0, or the errno. */
int image_read(char ***texts, const char *path);

/* Runs a program in the way `exec`, `deleted` or `memfd`, which steps.h describes; the errno. */
int image_run(const struct image *image, const char *way, char *path);

#endif
