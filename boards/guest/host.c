// SPDX-License-Identifier: GPL-2.0-only
/*
 * host: talk to the emulator that this program runs in, by semihosting. It needs no
 * device and no driver, so it works on every emulated board, and what it carries never
 * mixes with the console.
 *
 *	host put NAME		copy standard input to the host's file NAME
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
	SYS_EXIT_EXTENDED	= 0x20,
};

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

static int put(const char *name)
{
	uintptr_t open_block[] = { (uintptr_t)name, OPEN_MODE_WRITE, strlen(name) };
	intptr_t handle = semihost(SYS_OPEN, open_block);
	static char buf[65536];
	ssize_t len;

	if (handle < 0) {
		fprintf(stderr, "host: the emulator cannot open \"%s\"\n", name);
		return EXIT_FAILURE;
	}
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

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "put"))
		return put(argv[2]);

	if (argc == 3 && !strcmp(argv[1], "exit"))
		semihost(SYS_EXIT_EXTENDED, (uintptr_t[]){
			ADP_STOPPED_APPLICATION_EXIT, strtoul(argv[2], NULL, 0) });

	fprintf(stderr, "usage: host put NAME | host exit STATUS\n");
	return 2;
}
