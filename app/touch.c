// SPDX-License-Identifier: GPL-2.0-only
/*
 * Touch memory that may not be there. Any number of threads may do so at once.
 * From the first touch on, the process's handlers of SIGBUS and SIGSEGV are ours.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "touch.h"

static pthread_once_t touch_once = PTHREAD_ONCE_INIT;
static __thread sigjmp_buf touch_env;
static __thread volatile sig_atomic_t touching;

static void touch_caught(int sig)
{
	if (touching)
		siglongjmp(touch_env, sig);

	/* Not ours: the instruction repeats, and has its default effect. */
	signal(sig, SIG_DFL);
}

static void touch_init(void)
{
	/* SA_NODEFER: the handler is left by a jump, which unblocks nothing. */
	struct sigaction action = {
		.sa_handler = touch_caught,
		.sa_flags = SA_NODEFER,
	};

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static int touch(volatile unsigned char *byte, unsigned char *value, bool write)
{
	int sig;

	pthread_once(&touch_once, touch_init);
	sig = sigsetjmp(touch_env, 0);
	if (!sig) {
		touching = 1;
		if (write)
			*byte = *value;
		else
			*value = *byte;
	}
	touching = 0;
	return sig;
}

/**
 * touch_read() - read one byte that may not be there
 * @addr: where
 * @value: the byte, unchanged if there is none
 *
 * Return: 0, or the signal that the read raised (SIGBUS, SIGSEGV).
 */
int touch_read(const volatile void *addr, unsigned char *value)
{
	return touch((volatile unsigned char *)addr, value, false);
}

/**
 * touch_write() - write one byte that may not be there
 * @addr: where
 * @value: the byte
 *
 * Return: 0, or the signal that the write raised (SIGBUS, SIGSEGV).
 */
int touch_write(volatile void *addr, unsigned char value)
{
	return touch(addr, &value, true);
}
