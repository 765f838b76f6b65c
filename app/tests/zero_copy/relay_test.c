// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three programs, and one buffer that is much smaller than what goes through it: one writes
 * it piece by piece, one sends the pieces by sendfile() to the third, over TCP. Each waits
 * by events of the buffer, for pieces that are full and for those that are free again.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcp.h"
#include "tests/calls/sending.h"
#include "tests/events/events.h"
#include "tests/harness/asleep.h"

#define BUFFER_SIZE	0x100000
#define PIECE		0x10000
#define ROOM		(BUFFER_SIZE / PIECE)
#define PIECES		(64 * BUFFER_SIZE / PIECE)

/* What waits must not run for so many milliseconds; and how often that is looked at. */
#define REST		300
#define LOOKS		50

/**
 * struct party - the writer, or the sender, with its own file of the buffer and of its events
 * @fd: the buffer
 * @events: its events: of both, as each file is told of every post, its own program's too
 * @posted: of them, by this one
 * @seen: of both
 */
struct party {
	int fd;
	int events;
	uint64_t posted;
	uint64_t seen;
};

static struct party party_open(int flags)
{
	int fd = open_buffer(&plain, flags);

	/* To post is to write. */
	return (struct party){ .fd = fd, .events = events_open(&plain, POSTED, 0) };
}

static void party_post(struct party *party)
{
	post(party->events, 1);
	party->posted++;
}

/* Until the other one has posted so many, since the first. */
static void party_await(struct party *party, uint64_t count)
{
	while (party->seen < party->posted + count)
		party->seen += take(party->events);
}

/* No two words are the same, and each byte of them says where it belongs. */
static void fill_words(void *to, unsigned int piece)
{
	uint64_t number = (uint64_t)piece * (PIECE / 8);
	uint64_t *words = to;

	for (size_t i = 0; i < PIECE / 8; i++) {
		uint64_t mixed = ++number * 0x9e3779b97f4a7c15;

		words[i] = mixed ^ mixed >> 32;
	}
}

/* Pieces by the mapping and by calls, in turn. */
static void write_pieces(void)
{
	struct party writer = party_open(O_RDWR);
	unsigned char *map = map_buffer(&plain, writer.fd), *bytes = new_bytes(PIECE, 0);

	for (unsigned int i = 0; i < PIECES; i++) {
		size_t at = i % ROOM * PIECE;

		if (i >= ROOM)
			party_await(&writer, i - ROOM + 1);
		fill_words(i % 2 ? map + at : bytes, i);
		if (i % 2 == 0)
			ASSERT_EQ(pwrite(writer.fd, bytes, PIECE, at), PIECE);
		party_post(&writer);
	}
}

/* What sendfile() took is copied: the piece is free, wherever its bytes are by then. */
static void send_pieces(int socket, int there)
{
	struct party sender = party_open(O_RDONLY);

	ASSERT_EQ(write(there, "t", 1), 1);
	for (unsigned int i = 0; i < PIECES; i++) {
		off_t at = i % ROOM * PIECE;

		party_await(&sender, i + 1);
		ASSERT_EQ(send_all(socket, sender.fd, &at, PIECE), PIECE);
		party_post(&sender);
	}
}

static void receive_pieces(int socket, unsigned int first, unsigned int end)
{
	unsigned char *bytes = new_bytes(PIECE, 0), *wanted = new_bytes(PIECE, 0);

	for (unsigned int i = first; i < end; i++) {
		ASSERT_EQ(recv(socket, bytes, PIECE, MSG_WAITALL), PIECE);
		fill_words(wanted, i);
		ASSERT_BYTES(bytes, wanted, PIECE);
	}
}

/* It did not run at all: who does is switched out again, or is seen to run. */
static bool rested(pid_t pid)
{
	unsigned long before = switches_of(pid);

	poll(NULL, 0, REST);
	return is_asleep(pid) && switches_of(pid) == before;
}

/* Once what it can do is done; nobody else goes on meanwhile. */
static void expect_no_busy_waiting(pid_t pid)
{
	int looks = 1;

	while (!rested(pid) && looks < LOOKS)
		looks++;
	EXPECT_LT(looks, LOOKS);
}

TEST_LIMIT(relay, every_byte_of_64_mib_goes_through_1_mib, 120)
{
	pid_t writer, sender;
	int fds[2], there[2];
	char byte;

	ASSERT_EQ(plain.size, BUFFER_SIZE);
	connect_tcp(fds);
	ASSERT_OK(pipe(there));
	sender = harness_fork();
	if (!sender) {
		close(fds[1]);
		send_pieces(fds[0], there[1]);
		_exit(0);
	}
	close(fds[0]);
	ASSERT_EQ(read(there[0], &byte, 1), 1);
	/* There is nothing to send. */
	expect_no_busy_waiting(sender);

	writer = harness_fork();
	if (!writer) {
		write_pieces();
		_exit(0);
	}
	receive_pieces(fds[1], 0, PIECES / 2);
	/* Now nobody receives: the one waits for the socket, the other for a free piece. */
	expect_no_busy_waiting(sender);
	expect_no_busy_waiting(writer);
	receive_pieces(fds[1], PIECES / 2, PIECES);

	EXPECT_EQ(recv(fds[1], &byte, 1, 0), 0);
	harness_join(writer);
	harness_join(sender);
}
