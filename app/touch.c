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
#include <stdint.h>

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

static void read_byte(volatile void *addr, void *value)
{
	*(unsigned char *)value = *(volatile unsigned char *)addr;
}

static void write_byte(volatile void *addr, void *value)
{
	*(volatile unsigned char *)addr = *(unsigned char *)value;
}

static void read_word(volatile void *addr, void *value)
{
	*(uint32_t *)value = *(volatile uint32_t *)addr;
}

static void write_word(volatile void *addr, void *value)
{
	*(volatile uint32_t *)addr = *(uint32_t *)value;
}

static int touch(void (*access)(volatile void *addr, void *value), volatile void *addr, void *value)
{
	int sig;

	pthread_once(&touch_once, touch_init);
	sig = sigsetjmp(touch_env, 0);
	if (!sig) {
		touching = 1;
		access(addr, value);
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
	return touch(read_byte, (volatile void *)addr, value);
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
	return touch(write_byte, addr, &value);
}

/**
 * touch_read_word() - read one word that may not be there, by one access
 * @addr: where, a multiple of 4
 * @value: the word, unchanged if there is none
 *
 * Return: 0, or the signal that the read raised (SIGBUS, SIGSEGV).
 */
int touch_read_word(const volatile void *addr, uint32_t *value)
{
	return touch(read_word, (volatile void *)addr, value);
}

/**
 * touch_write_word() - write one word that may not be there, by one access
 * @addr: where, a multiple of 4
 * @value: the word
 *
 * Return: 0, or the signal that the write raised (SIGBUS, SIGSEGV).
 */
int touch_write_word(volatile void *addr, uint32_t value)
{
	return touch(write_word, addr, &value);
}
