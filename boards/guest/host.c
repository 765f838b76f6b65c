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

static char buf[65536];

static intptr_t open_on_host(const char *name, int mode)
{
	return semihost(SYS_OPEN, (uintptr_t[]){ (uintptr_t)name, mode, strlen(name) });
}

static int cannot_open(const char *name)
{
	fprintf(stderr, "host: the emulator cannot open \"%s\"\n", name);
	return EXIT_FAILURE;
}

static int put(const char *name)
{
	intptr_t handle = open_on_host(name, OPEN_MODE_WRITE);
	ssize_t len;

	if (handle < 0)
		return cannot_open(name);
	while ((len = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		uintptr_t write_block[] = { handle, (uintptr_t)buf, len };

		/* The result is how many bytes were not written. */
		if (semihost(SYS_WRITE, write_block)) {
			fprintf(stderr, "host: cannot write \"%s\"\n", name);
			return EXIT_FAILURE;
		}
	}
	semihost(SYS_CLOSE, (uintptr_t[]){ handle });
	return len ? EXIT_FAILURE : EXIT_SUCCESS;
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
	}
	return handle;
}

/* How many bytes went from @handle to standard output; negative: nobody takes them. */
static ssize_t pass_on(intptr_t handle)
{
	ssize_t passed = 0;

	for (;;) {
		uintptr_t read_block[] = { handle, (uintptr_t)buf, sizeof(buf) };
		/* The result is how many bytes were not read. */
		ssize_t len = sizeof(buf) - semihost(SYS_READ, read_block);
		ssize_t done = 0;

		if (len <= 0)
			return passed;
		while (done < len) {
			ssize_t part = write(STDOUT_FILENO, buf + done, len - done);

			if (part < 0)
				return -1;
			done += part;
		}
		passed += len;
	}
}

static int get(const char *name, const char *ask)
{
	intptr_t asked = open_on_host(ask, OPEN_MODE_WRITE);
	char line[] = "\n";
	intptr_t piece;
	ssize_t passed;

	if (asked < 0)
		return cannot_open(ask);
	/*
	 * The emulator takes no page faults: what it writes to must be there, and
	 * must not be the page of zeroes that all share.
	 */
	memset(buf, '\n', sizeof(buf));
	do {
		semihost(SYS_WRITE, (uintptr_t[]){ asked, (uintptr_t)line, 1 });
		piece = await_file(name);
		passed = pass_on(piece);
		semihost(SYS_CLOSE, (uintptr_t[]){ piece });
		semihost(SYS_REMOVE, (uintptr_t[]){ (uintptr_t)name, strlen(name) });
	} while (passed > 0);
	return passed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "put"))
		return put(argv[2]);

	if (argc == 4 && !strcmp(argv[1], "get"))
		return get(argv[2], argv[3]);

	if (argc == 3 && !strcmp(argv[1], "exit"))
		semihost(SYS_EXIT_EXTENDED, (uintptr_t[]){
			ADP_STOPPED_APPLICATION_EXIT, strtoul(argv[2], NULL, 0) });

	fprintf(stderr, "usage: host put NAME | host get NAME ASK | host exit STATUS\n");
	return 2;
}
