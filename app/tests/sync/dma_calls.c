// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of the DMA API that hand ranges over, by kprobes and a tracer of our own.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "dma_calls.h"
#include "tests/harness/buffers.h"

#define TRACING	"/sys/kernel/tracing"
#define TRACER	TRACING "/instances/cohbuf_dma"

bool dma_addresses_have_64_bits(void)
{
	char text[32] = "";

	ASSERT_OK(cohbuf_attribute(plain.name, "dma_addr", text, sizeof(text)));
	return strlen(text) == 18;
}

/* Where a function finds its second, third and fourth argument. */
static const char *arguments(void)
{
	struct utsname uts;

	ASSERT_OK(uname(&uts));
	if (!strncmp(uts.machine, "aarch64", 7) || !strncmp(uts.machine, "armv8", 5))
		return "addr=%x1 size=%x2 direction=%x3:u32";
	if (!strncmp(uts.machine, "riscv", 5))
		return "addr=%a1 size=%a2 direction=%a3:u32";
	/* An address that takes two registers begins with an even one; the rest is on the stack. */
	if (dma_addresses_have_64_bits())
		return "addr=%r2 size=+0(%sp):u32 direction=+4(%sp):u32";
	return "addr=%r1 size=%r2 direction=%r3:u32";
}

static int probe(const char *prefix, const char *owner)
{
	char text[256];

	snprintf(text, sizeof(text), "p:cohbuf_dma/%s %sdma_sync_single_%s %s", owner, prefix,
		 owner, arguments());
	return file_write(TRACING "/kprobe_events", text);
}

/* Linux 6.12 made the functions inline, around others that only work where needed. */
static void add_probe(const char *owner)
{
	if (probe("__", owner))
		ASSERT_OK(probe("", owner));
}

static void set_tracing(bool on)
{
	ASSERT_OK(file_write(TRACER "/tracing_on", on ? "1" : "0"));
}

/*
 * Set up by the first test, and there for all others: to take probes and a tracer away
 * is half a second of waiting for the kernel.
 */
static void set_up(void)
{
	if (access(TRACING "/kprobe_events", W_OK))
		SKIP("the kernel has no kprobes, or tracefs is not mounted");

	/* What a test before left, that did not come to its end. */
	rmdir(TRACER);
	file_write(TRACING "/kprobe_events", "-:cohbuf_dma/for_cpu");
	file_write(TRACING "/kprobe_events", "-:cohbuf_dma/for_device");

	add_probe("for_cpu");
	add_probe("for_device");
	ASSERT_OK(mkdir(TRACER, 0700));
	set_tracing(false);
	ASSERT_OK(file_write(TRACER "/events/cohbuf_dma/enable", "1"));
}

/* What is read from it is no longer there. */
static FILE *open_trace(void)
{
	int fd = ASSERT_OK(open(TRACER "/trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
	FILE *trace = fdopen(fd, "r");

	ASSERT_TRUE(trace);
	return trace;
}

void dma_calls_start(void)
{
	char line[512], enabled[4] = "";
	FILE *trace;

	if (file_read_line(TRACER "/events/cohbuf_dma/enable", enabled, sizeof(enabled)) ||
	    strcmp(enabled, "1"))
		set_up();
	set_tracing(false);
	trace = open_trace();
	while (fgets(line, sizeof(line), trace))
		;
	fclose(trace);
	set_tracing(true);
}

uint64_t trace_field(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	ASSERT_TRUE(at);
	return strtoull(at + strlen(name), NULL, 0);
}

/* Of a line such as "dd-1 [000] ..... 1.2: for_cpu: (func+0x0/0x9) addr=0x1 size=0x2 ...". */
static bool read_call(const char *line, struct dma_call *call)
{
	if (!strstr(line, ": for_"))
		return false;
	call->for_cpu = strstr(line, ": for_cpu:");
	call->addr = trace_field(line, " addr=");
	call->size = trace_field(line, " size=");
	call->direction = trace_field(line, " direction=");
	return true;
}

size_t dma_calls_stop(uint64_t first, uint64_t size, struct dma_call *calls, size_t max)
{
	struct dma_call call;
	size_t count = 0;
	char line[512];
	FILE *trace;

	set_tracing(false);
	trace = open_trace();
	while (fgets(line, sizeof(line), trace)) {
		if (!read_call(line, &call) || call.addr < first || call.addr - first >= size)
			continue;
		ASSERT_LE(count + 1, max);
		calls[count++] = call;
	}
	fclose(trace);
	return count;
}
