// SPDX-License-Identifier: 0BSD
/*
 * dma_copy - how fast does the DMA engine of a buffer copy?
 *
 * It copies the first half of the buffer to the second one, and the program looks at every
 * word. The time is the kernel's, from the start of the first transfer to the end of the last.
 * An emulator's is that of the host's memcpy() and says nothing of a board.
 *
 *   cc -O2 dma_copy.c -o dma_copy $(pkg-config --cflags --libs cohbuf)
 *   ./dma_copy [BUFFER]	one whose node names a DMA engine: "engine"
 */
#include <inttypes.h>
#include <stdio.h>

#include <cohbuf.h>

#define TIMES	10

/* No two words of a copy are the same, and none is what the copy before had there. */
static uint32_t word_of(uint32_t round, uint32_t word)
{
	return (word * TIMES + round) * 0x9e3779b9u;
}

static int fail(const char *why)
{
	fprintf(stderr, "dma_copy: %s\n", why);
	return 1;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "engine";
	struct cohbuf_buffer *buffer = cohbuf_open(name, O_RDWR);
	volatile uint32_t *words;
	/* A slow engine, or a busy machine, has time. */
	struct cohbuf_copy copy = { .timeout_ms = 10000 };
	uint64_t slowest_ns = 0, total_ns = 0;
	size_t half;

	if (!buffer)
		return fail(cohbuf_error());
	/* Before the first store: it may be registers of a device. */
	if (!(cohbuf_info(buffer)->flags & COHBUF_INFO_ENGINE))
		return fail("the buffer has no DMA engine: take one that has, or add dmas and dma-names = \"memcpy\" to its node");
	words = cohbuf_map(buffer, PROT_READ | PROT_WRITE);
	if (!words)
		return fail(cohbuf_error());
	half = cohbuf_size(buffer) / 2 / sizeof(*words);
	copy.length = copy.dst = half * sizeof(*words);

	for (uint32_t round = 0; round < TIMES; round++) {
		for (size_t i = 0; i < half; i++)
			words[i] = word_of(round, i);
		/* Memory that has to be handed over is handed over by the call. */
		if (cohbuf_dma_copy(buffer, &copy))
			return fail(cohbuf_error());
		for (size_t i = 0; i < half; i++)
			if (words[half + i] != word_of(round, i))
				return fail("a word did not arrive: \"cohbuf test\" says which, and why");
		total_ns += copy.duration_ns;
		if (copy.duration_ns > slowest_ns)
			slowest_ns = copy.duration_ns;
	}
	printf("%s: %d times %" PRIu64 " bytes by %s, every word arrived\n", name, TIMES,
	       (uint64_t)copy.length, copy.engine);
	/* Bytes a nanosecond are thousands of MB a second. */
	printf("slowest %.1f MB/s, mean %.1f MB/s\n", copy.length * 1e3 / slowest_ns,
	       copy.length * 1e3 * TIMES / total_ns);
	cohbuf_close(buffer);
	return 0;
}
