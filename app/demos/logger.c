// SPDX-License-Identifier: 0BSD
/*
 * logger - records that are made in a buffer go to a file, and no program copies them
 *
 * One process makes records in blocks of the buffer, as a device would. The other sends each
 * that is complete by sendfile(2). Who waits for one, full or free, sleeps until an event comes.
 *
 *   cc -O2 logger.c -o logger $(pkg-config --cflags --libs cohbuf)
 *   ./logger [FILE]		also a pipe: "records.log"
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <cohbuf.h>

#define RECORDS		10000
#define BLOCK		0x4000	/* bytes, whole pages */
#define BLOCKS		4
#define PATIENCE	10000	/* milliseconds, after which the other one must be lost */

/* The buffer. Of each word there is one writer: the producer, but for "sent". */
struct log {
	char blocks[BLOCKS][BLOCK];
	uint32_t used[BLOCKS];	/* bytes of the block; 0 is the end of the log */
	uint32_t complete;	/* how many blocks were, since the start */
	uint32_t sent;		/* how many of them are free again */
};

static struct cohbuf_buffer *buffer;
static volatile struct log *shared;
static int events;

static void fail(const char *what, const char *remedy)
{
	fprintf(stderr, "logger: %s: %s: %s\n", what, strerror(errno), remedy);
	exit(1);
}

static int checked(int ret)
{
	if (ret >= 0)
		return ret;
	fprintf(stderr, "logger: %s\n", cohbuf_error());
	exit(1);
}

/* Each process for itself, with events of its own. Of no byte, a copy refuses registers. */
static void open_buffer(void)
{
	buffer = cohbuf_open("plain", O_RDWR);
	checked(buffer ? 0 : -1);
	shared = cohbuf_map_range(buffer, 0, sizeof(*shared), PROT_READ | PROT_WRITE);
	checked(shared ? 0 : -1);
	checked(cohbuf_copy_to(buffer, shared->blocks[0], "", 0));
	events = checked(cohbuf_events(buffer, COHBUF_EVENTS_POSTED));
}

/* Events are one's own too, and a signal ends a wait: who is woken looks again. */
static void wait_while(volatile uint32_t *count, uint32_t value)
{
	while (*count == value)
		checked(cohbuf_wait(events, PATIENCE, NULL) && errno != EINTR ? -1 : 0);
	/* The count was read before what it is about. */
	cohbuf_acquire();
}

static void complete(uint32_t block, uint32_t used)
{
	shared->used[block % BLOCKS] = used;
	/* The block is there before the count says so. */
	cohbuf_publish();
	shared->complete = block + 1;
	checked(cohbuf_post(events, 1));
	/* A free one for what comes next. */
	wait_while(&shared->sent, block + 1 - BLOCKS);
}

static void produce(void)
{
	uint32_t block = 0, used = 0;
	char text[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* it would wait for nobody */
	open_buffer();
	for (uint32_t n = 1; n <= RECORDS; n++) {
		int len = snprintf(text, sizeof(text), "record %u: %u\n", n, n * 7919 % 10007);

		if (used + len > BLOCK) {
			complete(block++, used);
			used = 0;
		}
		checked(cohbuf_copy_to(buffer, shared->blocks[block % BLOCKS] + used, text, len));
		used += len;
	}
	complete(block++, used);
	complete(block, 0);
	exit(0);
}

/*
 * What programs wrote is there. What a device wrote is, where cohbuf_info.cache_line is 0;
 * else it takes cohbuf_sync_for_cpu() of the block, COHBUF_SYNC_FROM_DEVICE, before this.
 */
static void send_block(int file, off_t offset, size_t length)
{
	while (length) {
		ssize_t sent = sendfile(file, cohbuf_fd(buffer), &offset, length);

		if (sent <= 0)
			fail("sendfile", "is there room for it? Before Linux 6.0 a device takes splice(2) through a pipe");
		length -= sent;
	}
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "records.log";
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	uint32_t block = 0, bytes = 0, used;
	pid_t producer;

	if (file < 0)
		fail(name, "give the name of a file that can be written");
	open_buffer();
	shared->complete = shared->sent = 0;
	producer = fork();
	if (!producer)
		produce();
	if (producer < 0)
		fail("fork", "see ulimit -u");
	for (;; block++, bytes += used) {
		wait_while(&shared->complete, block);
		used = shared->used[block % BLOCKS];
		if (!used)
			break;
		send_block(file, block % BLOCKS * BLOCK, used);
		/* It is copied, wherever its bytes are by now: the block is free. */
		shared->sent = block + 1;
		checked(cohbuf_post(events, 1));
	}
	fprintf(stderr, "logger: %d records, %u bytes, in %u blocks, sent to %s\n", RECORDS, bytes, block, name);
	return 0;
}
