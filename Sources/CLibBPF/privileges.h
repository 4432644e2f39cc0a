/* What Swift cannot call of capabilities(7): glibc wraps no capset(2), and prctl(2) is variadic. */
#ifndef MARTLET_PRIVILEGES_H
#define MARTLET_PRIVILEGES_H

#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The sets of one thread: bit N stands for the capability with the number N. */
struct martlet_privileges {
	unsigned long effective, permitted, inheritable;
};

/* capget(2) of the calling thread. */
static inline int martlet_get_privileges(struct martlet_privileges *sets)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3];

	memset(sets, 0, sizeof(*sets));
	if (syscall(SYS_capget, &header, words) != 0)
		return -1;
	for (int word = 0; word < _LINUX_CAPABILITY_U32S_3; word++) {
		sets->effective |= (unsigned long)words[word].effective << (32 * word);
		sets->permitted |= (unsigned long)words[word].permitted << (32 * word);
		sets->inheritable |= (unsigned long)words[word].inheritable << (32 * word);
	}
	return 0;
}

/* capset(2) of the calling thread. */
static inline int martlet_set_privileges(const struct martlet_privileges *sets)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3];

	for (int word = 0; word < _LINUX_CAPABILITY_U32S_3; word++) {
		words[word].effective = (__u32)(sets->effective >> (32 * word));
		words[word].permitted = (__u32)(sets->permitted >> (32 * word));
		words[word].inheritable = (__u32)(sets->inheritable >> (32 * word));
	}
	return (int)syscall(SYS_capset, &header, words);
}

/* All five arguments: some options insist on zeros. */
static inline int martlet_prctl(int option, unsigned long argument)
{
	return prctl(option, argument, 0UL, 0UL, 0UL);
}

#endif
