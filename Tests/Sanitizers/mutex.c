/*
 * mutex.c - tells ThreadSanitizer what a contended Swift Mutex orders.
 *
 * The way in and out of a Mutex that nobody else wants is compiled into whoever
 * uses it, and so the sanitizer sees it. Where threads meet, the library's own
 * functions hand the Mutex over, which were built without the sanitizer: what
 * it protects then looks like a race. Preloaded, these stand before them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

void __tsan_acquire(void *) __attribute__((weak));
void __tsan_release(void *) __attribute__((weak));

/* Methods of _MutexHandle. Its address, which is that of its atomic, is in the register of self. */
#define METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

METHOD void lock_slow(unsigned int thread, SELF) __asm__(LOCK);
METHOD _Bool try_lock_slow(SELF) __asm__(TRY_LOCK);
METHOD void unlock_slow(SELF) __asm__(UNLOCK);

METHOD void lock_slow(unsigned int thread, SELF)
{
	METHOD void (*lock)(unsigned int, SELF) = dlsym(RTLD_NEXT, LOCK);

	lock(thread, self);
	if (__tsan_acquire)
		__tsan_acquire(self);
}

METHOD _Bool try_lock_slow(SELF)
{
	METHOD _Bool (*try_lock)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK);
	_Bool taken = try_lock(self);

	if (taken && __tsan_acquire)
		__tsan_acquire(self);
	return taken;
}

METHOD void unlock_slow(SELF)
{
	METHOD void (*unlock)(SELF) = dlsym(RTLD_NEXT, UNLOCK);

	if (__tsan_release)
		__tsan_release(self);
	unlock(self);
}
