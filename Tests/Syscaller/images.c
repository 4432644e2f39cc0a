#define _GNU_SOURCE
#include "images.h"
#include "steps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int image_read(char ***texts, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC), count = 0;
	struct stat status;
	char *bytes;

	if (file < 0 || fstat(file, &status))
		return errno;
	bytes = calloc(1, (size_t)status.st_size + 1);
	*texts = calloc((size_t)status.st_size + 1, sizeof(char *));
	if (!bytes || !*texts || read(file, bytes, (size_t)status.st_size) != status.st_size)
		return EIO;
	for (char *text = bytes; text < bytes + status.st_size; text += strlen(text) + 1)
		(*texts)[count++] = text;
	close(file);
	return 0;
}

static int copy_into_memory(int file)
{
	int memory = memfd_create("copy", MFD_CLOEXEC);
	struct stat status;

	if (memory < 0 || fstat(file, &status) ||
	    sendfile(memory, file, NULL, (size_t)status.st_size) != status.st_size)
		return -1;
	return memory;
}

int image_run(const struct image *image, const char *way, char *path)
{
	char *alone[] = { path, NULL };
	char **argv = image->arguments ? image->arguments : alone;
	char **envp = image->environment ? image->environment : environ;
	int file;

	if (!strcmp(way, "exec")) {
		execve(path, argv, envp);
		return errno;
	}
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file >= 0 && !strcmp(way, "memfd"))
		file = copy_into_memory(file);
	else if (file >= 0 && unlink(path))
		return errno;
	if (file < 0 || dup3(file, EXEC_DESCRIPTOR, O_CLOEXEC) < 0)
		return errno;
	syscall(SYS_execveat, EXEC_DESCRIPTOR, "", argv, envp, AT_EMPTY_PATH);
	return errno;
}
