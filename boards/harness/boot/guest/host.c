// SPDX-License-Identifier: GPL-2.0-only
/*
 * host: talk to the emulator that this program runs in, by semihosting. It needs no
 * device and no driver, so it works on every emulated board, and what it carries never
 * mixes with the console.
 *
 *	host put NAME		copy standard input to the host's file NAME
 *	host get NAME ASK	copy from the host to standard output: for each piece a line
 *				goes to its file ASK, and the piece comes as its file NAME,
 *				an empty one at the end
 *	host exit STATUS	end the emulator with STATUS
 *
 * NAME is relative to the folder in which QEMU was started. QEMU must run with
 * "-semihosting-config enable=on,userspace=on,target=native".
 *
 * Operations and parameter blocks: "Semihosting for AArch32 and AArch64", Arm; those
 * of RISC-V are the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	SYS_OPEN		= 0x01,
	SYS_CLOSE		= 0x02,
	SYS_WRITE		= 0x05,
	SYS_READ		= 0x06,
	SYS_REMOVE		= 0x0e,
	SYS_EXIT_EXTENDED	= 0x20,
};

#define OPEN_MODE_READ			1	/* "rb" */
#define OPEN_MODE_WRITE			4
#define ADP_STOPPED_APPLICATION_EXIT	0x20026

/* A parameter block is an array of words as wide as a register. */
static intptr_t semihost(uintptr_t operation, const uintptr_t *block)
{
#if defined(__aarch64__)
	register uintptr_t x0 asm("x0") = operation;
	register const uintptr_t *x1 asm("x1") = block;

	asm volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
	return x0;
#elif defined(__riscv)
	register uintptr_t a0 asm("a0") = operation;
	register const uintptr_t *a1 asm("a1") = block;

	/* "RISC-V Semihosting": these three, none compressed, on one page. */
	asm volatile(".option push\n"
		     ".option norvc\n"
		     ".balign 16\n"
		     "slli zero, zero, 0x1f\n"
		     "ebreak\n"
		     "srai zero, zero, 7\n"
		     ".option pop" : "+r"(a0) : "r"(a1) : "memory");
	return a0;
#else
	register uintptr_t r0 asm("r0") = operation;
	register const uintptr_t *r1 asm("r1") = block;

	asm volatile("svc #0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
	return r0;
#endif
}

/* All that the emulator reads and writes of this program, on pages of its own. */
static struct {
	uintptr_t block[3];
	char name[256];
	char bytes[65536];
} seen __attribute__((aligned(65536)));

/*
 * The emulator takes no page faults, and a page that this program has just touched may
 * still be out of the page tables: the kernel takes an entry back to see whether it will be
 * used (DAMON of Linux 7.2 does so all the time), which the processor need not notice
 * before its TLB is flushed. So after a call that failed: new entries, flushed, and used.
 */
static void make_seen(void)
{
	char *byte = (char *)&seen;

	mprotect(&seen, sizeof(seen), PROT_READ);
	mprotect(&seen, sizeof(seen), PROT_READ | PROT_WRITE);
	/* By a write: nor must it be the page of zeroes that all share. */
	for (size_t i = 0; i < sizeof(seen); i += 4096)
		__atomic_store_n(byte + i, __atomic_load_n(byte + i, __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
}

static intptr_t call(uintptr_t operation, uintptr_t first, uintptr_t second, uintptr_t third)
{
	seen.block[0] = first;
	seen.block[1] = second;
	seen.block[2] = third;
	return semihost(operation, seen.block);
}

/* So many calls in a row that find a page gone: it is something else. */
#define TRIES	100

static intptr_t open_on_host(const char *name, int mode)
{
	snprintf(seen.name, sizeof(seen.name), "%s", name);
	return call(SYS_OPEN, (uintptr_t)seen.name, mode, strlen(seen.name));
}

static intptr_t open_to_write(const char *name)
{
	intptr_t handle = -1;

	for (int tries = 0; handle < 0 && tries < TRIES; tries++) {
		make_seen();
		handle = open_on_host(name, OPEN_MODE_WRITE);
	}
	if (handle < 0)
		fprintf(stderr, "host: the emulator cannot open \"%s\"\n", name);
	return handle;
}

/* The host has no way to wake us, and a read that waits would halt the machine. */
static intptr_t await_file(const char *name)
{
	const useconds_t longest = 50000;
	useconds_t pause = 1000;
	intptr_t handle;

	while ((handle = open_on_host(name, OPEN_MODE_READ)) < 0) {
		usleep(pause);
		pause = pause * 2 < longest ? pause * 2 : longest;
		make_seen();
	}
	return handle;
}

/* Of seen.bytes; returns 0, or -1 where they cannot be written. */
static int write_on_host(intptr_t handle, size_t len)
{
	size_t done = 0;

	for (int tries = 0; done < len && tries < TRIES; tries++) {
		/* The result is how many bytes were not written. */
		size_t left = call(SYS_WRITE, handle, (uintptr_t)seen.bytes + done, len - done);

		if (left < len - done) {
			done = len - left;
			tries = 0;
		} else {
			make_seen();
		}
	}
	return done < len ? -1 : 0;
}

/* Into seen.bytes; returns how many, 0 at the end. */
static size_t read_from_host(intptr_t handle)
{
	/* A page that is gone looks like the end: not twice. */
	for (int tries = 0; tries < 3; tries++) {
		size_t left;

		make_seen();
		/* The result is how many bytes were not read. */
		left = call(SYS_READ, handle, (uintptr_t)seen.bytes, sizeof(seen.bytes));
		if (left < sizeof(seen.bytes))
			return sizeof(seen.bytes) - left;
	}
	return 0;
}

static int put(const char *name)
{
	intptr_t handle = open_to_write(name);
	ssize_t len;

	if (handle < 0)
		return EXIT_FAILURE;
	while ((len = read(STDIN_FILENO, seen.bytes, sizeof(seen.bytes))) > 0) {
		if (write_on_host(handle, len)) {
			fprintf(stderr, "host: cannot write \"%s\"\n", name);
			return EXIT_FAILURE;
		}
	}
	call(SYS_CLOSE, handle, 0, 0);
	return len ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* How many bytes went from @handle to standard output; negative: nobody takes them. */
static ssize_t pass_on(intptr_t handle)
{
	ssize_t passed = 0;
	size_t len;

	while ((len = read_from_host(handle))) {
		size_t done = 0;

		while (done < len) {
			ssize_t part = write(STDOUT_FILENO, seen.bytes + done, len - done);

			if (part < 0)
				return -1;
			done += part;
		}
		passed += len;
	}
	return passed;
}

/* What stays would be taken for the next piece. */
static void remove_on_host(const char *name)
{
	for (int tries = 0; tries < TRIES; tries++) {
		make_seen();
		snprintf(seen.name, sizeof(seen.name), "%s", name);
		if (!call(SYS_REMOVE, (uintptr_t)seen.name, strlen(seen.name), 0))
			return;
	}
}

static int get(const char *name, const char *ask)
{
	intptr_t asked = open_to_write(ask);
	intptr_t piece;
	ssize_t passed;

	if (asked < 0)
		return EXIT_FAILURE;
	do {
		seen.bytes[0] = '\n';
		if (write_on_host(asked, 1))
			return EXIT_FAILURE;
		piece = await_file(name);
		passed = pass_on(piece);
		call(SYS_CLOSE, piece, 0, 0);
		remove_on_host(name);
	} while (passed > 0);
	return passed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void exit_emulator(uintptr_t status)
{
	for (int tries = 0; tries < TRIES; tries++) {
		make_seen();
		call(SYS_EXIT_EXTENDED, ADP_STOPPED_APPLICATION_EXIT, status, 0);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "put"))
		return put(argv[2]);

	if (argc == 4 && !strcmp(argv[1], "get"))
		return get(argv[2], argv[3]);

	if (argc == 3 && !strcmp(argv[1], "exit"))
		exit_emulator(strtoul(argv[2], NULL, 0));

	fprintf(stderr, "usage: host put NAME | host get NAME ASK | host exit STATUS\n");
	return 2;
}
