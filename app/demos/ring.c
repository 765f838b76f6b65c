// SPDX-License-Identifier: 0BSD
/*
 * ring - a ring of entries, from a program to a DMA engine
 *
 * The producer writes entries to the slots of a ring. The consumer plays the device: the
 * engine moves each entry out of its slot, to the device's side of the same buffer, where
 * every word is looked at. Who has nothing to do sleeps, until an event comes: the doorbell,
 * or a slot that is free again.
 *
 *   cc -O2 -pthread ring.c -o ring $(pkg-config --cflags --libs cohbuf)
 *   ./ring [BUFFER]		one whose node names a DMA engine: "engine"
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <cohbuf.h>

#define ENTRIES		300
#define SLOTS		16	/* a power of two: indices count on, and begin again after 2^32 */
#define ENTRY		256	/* bytes, whole cache lines: no two entries share one */
#define WORDS		(ENTRY / sizeof(uint32_t))
#define PATIENCE	10000	/* milliseconds, after which the other one must be lost */

/* The buffer. Of an index there is one writer, and it has cache lines of its own. */
struct ring {
	uint32_t head[WORDS];	/* the first word: how many entries were put in */
	uint32_t tail[WORDS];	/* how many were taken out */
	uint32_t slots[SLOTS][WORDS];
	uint32_t device[SLOTS][WORDS];
};

static struct cohbuf_buffer *buffer;
static volatile struct ring *ring;

static void fail(const char *why)
{
	fprintf(stderr, "ring: %s\n", why);
	exit(1);
}

static int checked(int ret)
{
	if (ret < 0)
		fail(cohbuf_error());
	return ret;
}

static uint32_t word_of(uint32_t entry, size_t word)
{
	return (entry * WORDS + word) * 0x9e3779b9u;
}

/* Events are one's own too, and a signal ends a wait: who is woken looks again. */
static unsigned int wait_while(int events, volatile uint32_t *index, uint32_t value)
{
	unsigned int waits = 0;

	for (; *index == value; waits++)
		checked(cohbuf_wait(events, PATIENCE, NULL) && errno != EINTR ? -1 : 0);
	/* The index was read before what it is about is touched. */
	cohbuf_acquire();
	return waits;
}

static void *produce(void *waits)
{
	int events = checked(cohbuf_events(buffer, COHBUF_EVENTS_POSTED));

	for (uint32_t head = 0; head < ENTRIES; head++) {
		uint64_t at = offsetof(struct ring, slots) + head % SLOTS * ENTRY;

		/* Full is when the tail is a whole round behind. */
		*(unsigned int *)waits += wait_while(events, ring->tail, head - SLOTS);
		for (size_t i = 0; i < WORDS; i++)
			ring->slots[head % SLOTS][i] = word_of(head, i);

		/* For a device that fetches entries itself. cohbuf_dma_copy() does its own. */
		if (cohbuf_info(buffer)->cache_line)
			checked(cohbuf_sync_for_device(buffer, at, ENTRY, COHBUF_SYNC_TO_DEVICE));
		/* The entry is there before the index says so, and then the doorbell. */
		cohbuf_publish();
		ring->head[0] = head + 1;
		checked(cohbuf_post(events, 1));
	}
	return NULL;
}

static void check_entry(uint32_t entry, const volatile uint32_t *words)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i] != word_of(entry, i)) {
			fprintf(stderr, "ring: entry %" PRIu32 " is another one: \"cohbuf test\" says more\n", entry);
			exit(1);
		}
}

static unsigned int consume(int events, struct cohbuf_copy *copy, uint64_t *total_ns)
{
	unsigned int waits = 0;

	for (uint32_t tail = 0; tail < ENTRIES; tail++) {
		waits += wait_while(events, ring->head, tail);
		copy->src = offsetof(struct ring, slots) + tail % SLOTS * ENTRY;
		copy->dst = offsetof(struct ring, device) + tail % SLOTS * ENTRY;
		checked(cohbuf_dma_copy(buffer, copy));
		*total_ns += copy->duration_ns;
		check_entry(tail, ring->device[tail % SLOTS]);

		/* The engine has read the slot when the call returns: it is free. */
		ring->tail[0] = tail + 1;
		checked(cohbuf_post(events, 1));
	}
	return waits;
}

int main(int argc, char **argv)
{
	unsigned int for_slots = 0, for_entries;
	struct cohbuf_copy copy = { .length = ENTRY, .timeout_ms = PATIENCE };
	uint64_t total_ns = 0;
	pthread_t producer;
	int events;

	buffer = cohbuf_open(argc > 1 ? argv[1] : "engine", O_RDWR);
	if (!buffer)
		fail(cohbuf_error());
	/* Before the first store: it may be registers of a device. */
	if (!(cohbuf_info(buffer)->flags & COHBUF_INFO_ENGINE))
		fail("the buffer has no DMA engine: take one that has, or add dmas and dma-names = \"memcpy\" to its node");
	ring = cohbuf_map_range(buffer, 0, sizeof(*ring), PROT_READ | PROT_WRITE);
	if (!ring)
		fail(cohbuf_error());
	if (cohbuf_info(buffer)->cache_line > ENTRY)
		fail("a cache line is longer than an entry: make ENTRY larger");
	events = checked(cohbuf_events(buffer, COHBUF_EVENTS_POSTED));
	ring->head[0] = ring->tail[0] = 0;
	if (pthread_create(&producer, NULL, produce, &for_slots))
		fail("there is no room for another thread: see ulimit -u");

	for_entries = consume(events, &copy, &total_ns);
	pthread_join(producer, NULL);
	printf("ring: %d entries of %d bytes, in order, through %d slots\n", ENTRIES, ENTRY, SLOTS);
	printf("engine: %s, %.1f us an entry\n", copy.engine, total_ns / 1e3 / ENTRIES);
	printf("woken: %u times for a free slot, %u times for an entry\n", for_slots, for_entries);
	return 0;
}
