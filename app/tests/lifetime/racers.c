// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads and processes that use a buffer while it is unbound and bound; see racers.h.
 *
 * The oracle is a generation: one more after each unbind that has returned. A call
 * or a touch that works although its buffer's generation is over has reached
 * memory that was taken back. What is read is zero or was written in the same
 * generation, else it is another owner's data.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/dma-buf.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "racers.h"
#include "tests/copy/copying.h"
#include "tests/dmabuf/exporting.h"
#include "tests/registers/block.h"

#define RW	(PROT_READ | PROT_WRITE)

/* Forked in one generation, and the most progress that is waited for. */
#define CHILDREN	8

/* What is mapped: enough pages to split them a few times, or all that registers have. */
#define WINDOW	(buffer->size < 16 * PAGE ? buffer->size : 16 * PAGE)

/* Shared with threads and forked processes alike. */
struct race {
	atomic_uint generation;
	atomic_uint progress;	/* things done with a living buffer */
	atomic_bool stop;
};

static struct race *race;
static const struct test_buffer *buffer;

/* One open file, and the generation that it belongs to if a call on it works. */
struct held {
	int fd;
	unsigned int generation;
};

static void start_race(const struct test_buffer *b)
{
	buffer = b;
	race = ASSERT_MAP(mmap(NULL, sizeof(*race), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

static void await_end_of(unsigned int generation)
{
	while (race->generation == generation && !race->stop)
		syscall(SYS_futex, &race->generation, FUTEX_WAIT, generation, NULL, NULL, 0);
}

static void next_generation(void)
{
	race->generation++;
	syscall(SYS_futex, &race->generation, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Not zero, and not that of a generation near by. */
static unsigned char value_of(unsigned int generation)
{
	return 1 + generation % 255;
}

static bool open_held(struct held *held)
{
	held->fd = buffer_open(buffer->name, O_RDWR);
	if (held->fd < 0) {
		/* The node comes and goes, and a program can be late. */
		EXPECT_TRUE(errno == ENOENT || errno == ENXIO);
		sched_yield();
		return false;
	}
	held->generation = race->generation;
	return true;
}

/*
 * So that there is something to take away: pages that are counted are entered by the first
 * touch, which enters all of them, unless the unbind was first.
 */
static void enter_pages(unsigned char *map)
{
	unsigned char byte;
	int sig = is_pinnable(buffer) ? touch_read(map, &byte) : 0;

	if (sig)
		EXPECT_SIGNAL(sig, SIGBUS);
}

/* The first pages, and the file in @held; NULL where the buffer is not there. */
static unsigned char *map_held(struct held *held)
{
	unsigned char *map;

	if (!open_held(held))
		return NULL;
	map = mmap(NULL, WINDOW, RW, MAP_SHARED, held->fd, 0);
	if (map != MAP_FAILED) {
		enter_pages(map);
		return map;
	}
	EXPECT_EQ(errno, ENODEV);
	close(held->fd);
	return NULL;
}

/* Not one page of it can be touched. */
static void expect_revoked(unsigned char *map)
{
	unsigned char byte;

	for (size_t at = 0; at < WINDOW; at += PAGE)
		EXPECT_SIGNAL(touch_read(map + at, &byte), SIGBUS);
}

/* Returns true if the buffer was there. */
static bool touch_held(const struct held *held, unsigned char *map, size_t page)
{
	unsigned char *at = map + page * PAGE;
	unsigned int now = race->generation;
	unsigned char value = 0;
	int sig = touch_read(at, &value);

	if (sig) {
		EXPECT_SIGNAL(sig, SIGBUS);
		return false;
	}
	EXPECT_EQ(now, held->generation);
	harness_check(HARNESS_HERE(false), value == 0 || value == value_of(held->generation),
		      "page %zu of %s has 0x%x in generation %u, whose value is 0x%x",
		      page, buffer->name, value, now, value_of(held->generation));
	sig = touch_write(at, value_of(held->generation));
	if (sig)
		EXPECT_SIGNAL(sig, SIGBUS);
	else
		race->progress++;
	return !sig;
}

/* Map and unmap as fast as can be; afterwards none of the last may be alive. */
void *race_mmap(void *arg __attribute__((unused)))
{
	enum { KEPT = 16 };
	struct held held;
	unsigned char *maps[KEPT], byte;

	while (!race->stop) {
		size_t count = 0, size = WINDOW;

		if (!open_held(&held))
			continue;
		for (;;) {
			void *map = mmap(NULL, size, RW, MAP_SHARED, held.fd, 0);

			if (map == MAP_FAILED)
				break;
			if (count >= KEPT)
				munmap(maps[count % KEPT], size);
			maps[count++ % KEPT] = map;
			race->progress++;
			if (race->stop)
				break;
		}
		if (!race->stop)
			EXPECT_EQ(errno, ENODEV);
		if (count)
			await_end_of(held.generation);
		for (size_t i = 0; i < count && i < KEPT; i++) {
			if (!race->stop)
				EXPECT_SIGNAL(touch_read(maps[i], &byte), SIGBUS);
			munmap(maps[i], size);
		}
		close(held.fd);
	}
	return NULL;
}

/* Touch one mapping until it is revoked. */
void *race_touch(void *arg __attribute__((unused)))
{
	struct held held;

	while (!race->stop) {
		unsigned char *map = map_held(&held);
		size_t page = 0;

		if (!map)
			continue;
		while (!race->stop && touch_held(&held, map, page))
			page = (page + 1) % (WINDOW / PAGE);
		munmap(map, WINDOW);
		close(held.fd);
	}
	return NULL;
}

/* Move one mapping to and fro until its generation is over. */
static void move_until_revoked(const struct held *held, unsigned char *map)
{
	size_t size = WINDOW;
	unsigned char *rooms[2];
	unsigned int moves = 0;

	for (int i = 0; i < 2; i++)
		rooms[i] = ASSERT_MAP(mmap(NULL, size, PROT_NONE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	while (!race->stop && race->generation == held->generation) {
		map = ASSERT_MAP(mremap(map, size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
					rooms[moves++ % 2]));
		race->progress++;
	}
	if (!race->stop)
		expect_revoked(map);
	munmap(rooms[0], size);
	munmap(rooms[1], size);
	munmap(map, size);
}

void *race_mremap(void *arg __attribute__((unused)))
{
	struct held held;

	while (!race->stop) {
		unsigned char *map = map_held(&held);

		if (!map)
			continue;
		move_until_revoked(&held, map);
		close(held.fd);
	}
	return NULL;
}

/* Cut holes and change protections until the generation is over. */
void *race_split(void *arg __attribute__((unused)))
{
	struct held held;

	while (!race->stop) {
		unsigned char *map = map_held(&held), byte;
		size_t at;

		if (!map)
			continue;
		for (at = PAGE; at + 2 * PAGE < WINDOW; at += 3 * PAGE) {
			munmap(map + at, PAGE);
			mprotect(map + at + PAGE, PAGE, PROT_READ);
			race->progress++;
		}
		await_end_of(held.generation);
		if (!race->stop) {
			EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
			EXPECT_SIGNAL(touch_read(map + 2 * PAGE, &byte), SIGBUS);
			EXPECT_SIGNAL(touch_read(map + 3 * PAGE, &byte), SIGBUS);
		}
		munmap(map, WINDOW);
		close(held.fd);
	}
	return NULL;
}

/* Fork as fast as can be; each child looks at what it got when it is over. */
static void fork_until_revoked(void)
{
	struct held held;
	unsigned char *map = map_held(&held);
	pid_t pids[CHILDREN];
	int count;

	if (!map)
		return;
	for (count = 0; count < CHILDREN && race->generation == held.generation; count++) {
		pids[count] = harness_fork();
		if (!pids[count]) {
			await_end_of(held.generation);
			if (!race->stop)
				expect_revoked(map);
			_exit(0);
		}
		race->progress++;
	}
	for (int i = 0; i < count; i++)
		harness_join(pids[i]);
	munmap(map, WINDOW);
	close(held.fd);
}

void *race_fork(void *arg __attribute__((unused)))
{
	while (!race->stop)
		fork_until_revoked();
	return NULL;
}

/* Whether a call did what it does with a buffer; the only excuse is ENODEV. */
static bool did(bool ok)
{
	if (!ok)
		EXPECT_EQ(errno, ENODEV);
	return ok;
}

void *race_calls(void *arg __attribute__((unused)))
{
	unsigned char *data = new_bytes(2 * PAGE, 0), *back = new_bytes(2 * PAGE, 0);
	const struct cohbuf_sync sync = {
		.length = buffer->size,
		.owner = COHBUF_SYNC_FOR_DEVICE,
	};
	struct cohbuf_info info;
	struct held held;

	while (!race->stop) {
		if (!open_held(&held))
			continue;
		memset(data, value_of(held.generation), 2 * PAGE);
		while (!race->stop) {
			unsigned int now = race->generation;

			if (!did(pwrite(held.fd, data, 2 * PAGE, 77) > 0) ||
			    !did(pread(held.fd, back, 2 * PAGE, 77) > 0))
				break;
			EXPECT_EQ(now, held.generation);
			EXPECT_TRUE(back[0] == 0 || back[0] == data[0]);
			if (!did(!buffer_info(held.fd, &info)))
				break;
			EXPECT_EQ(info.size, buffer->size);
			if (!did(lseek(held.fd, 0, SEEK_END) >= 0))
				break;
			if (!did(!ioctl(held.fd, COHBUF_IOC_SYNC, &sync)) ||
			    !did(!fsync(held.fd)))
				break;
			race->progress++;
		}
		close(held.fd);
	}
	return NULL;
}

/*
 * By an engine, where the node names one, from one half to the other: the bytes stay
 * those of the generation.
 */
void *race_copy(void *arg __attribute__((unused)))
{
	struct held held;

	while (!race->stop) {
		if (!open_held(&held))
			continue;
		while (!race->stop && !copy(held.fd, buffer->size / 2, 0, WINDOW / 16))
			race->progress++;
		if (!race->stop)
			EXPECT_TRUE(errno == ENODEV ||
				    (errno == EOPNOTSUPP && !(buffer->flags & COHBUF_INFO_ENGINE)));
		close(held.fd);
	}
	return NULL;
}

/* Returns false where there is nothing to export any more, or never was. */
static bool export_and_touch(const struct held *held)
{
	int dmabuf = export_range(held->fd, 0, WINDOW, O_RDWR | O_CLOEXEC);
	unsigned char *map;
	bool alive = false;

	if (dmabuf < 0) {
		EXPECT_TRUE(errno == ENODEV || (errno == EOPNOTSUPP && !has_dma(buffer)));
		return false;
	}
	map = mmap(NULL, WINDOW, RW, MAP_SHARED, dmabuf, 0);
	if (map == MAP_FAILED) {
		EXPECT_EQ(errno, ENODEV);
	} else {
		alive = touch_held(held, map, 3);
		if (bracket(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW))
			EXPECT_EQ(errno, ENODEV);
		munmap(map, WINDOW);
	}
	close(dmabuf);
	return alive;
}

void *race_export(void *arg __attribute__((unused)))
{
	struct held held;

	while (!race->stop) {
		if (!open_held(&held))
			continue;
		while (export_and_touch(&held) && !race->stop)
			;
		await_end_of(held.generation);
		close(held.fd);
	}
	return NULL;
}

/* Sleep in poll() until the unbind. */
void *race_poll(void *arg __attribute__((unused)))
{
	struct held held;

	while (!race->stop) {
		struct pollfd pfd = { .events = 0 };

		if (!open_held(&held))
			continue;
		pfd.fd = held.fd;
		EXPECT_EQ(poll(&pfd, 1, -1), 1);
		EXPECT_EQ(pfd.revents, POLLHUP | POLLERR);
		close(held.fd);
	}
	return NULL;
}

/* What was posted comes, also where the unbind is between. */
void *race_events(void *arg __attribute__((unused)))
{
	struct held held;

	while (!race->stop) {
		uint64_t posted = 0, got = 0, count = 1;
		int fd;

		if (!open_held(&held))
			continue;
		fd = buffer_events(held.fd, COHBUF_EVENTS_POSTED, O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			EXPECT_EQ(errno, ENODEV);
		for (count = 1; fd >= 0 && write(fd, &count, sizeof(count)) > 0; count = 1) {
			posted++;
			race->progress++;
			/* Others post as well. */
			if (read(fd, &count, sizeof(count)) > 0)
				got += count;
		}
		while (fd >= 0 && read(fd, &count, sizeof(count)) > 0)
			got += count;
		EXPECT_EQ(errno, ENODEV);
		EXPECT_GE(got, posted);
		if (fd >= 0)
			close(fd);
		close(held.fd);
	}
	return NULL;
}

void *race_sysfs(void *arg __attribute__((unused)))
{
	uint64_t size;

	while (!race->stop) {
		if (!buffer_attr_u64(buffer->name, "size", &size))
			EXPECT_EQ(size, buffer->size);
		else
			EXPECT_TRUE(errno == ENOENT || errno == ENODEV);
	}
	return NULL;
}

/* Only opens and closes: the last reference goes at any moment. */
void *race_open(void *arg __attribute__((unused)))
{
	struct held held;

	while (!race->stop) {
		if (open_held(&held)) {
			race->progress++;
			close(held.fd);
		}
	}
	return NULL;
}

/* Of registers: one that is known is read, and one is written that does nothing more. */
void *race_accesses(void *arg __attribute__((unused)))
{
	const struct block *block = this_block();
	struct held held;

	while (!race->stop) {
		if (!open_held(&held))
			continue;
		while (!race->stop) {
			unsigned int now = race->generation;
			uint32_t value = ~block->value;

			if (!did(pread(held.fd, &value, 4, block->known) == 4))
				break;
			EXPECT_EQ(now, held.generation);
			EXPECT_EQ(value, block->value);
			EXPECT_ERRNO_IN(pread(held.fd, &value, 3, block->known), EINVAL, ENODEV);
			if (!did(pwrite(held.fd, &now, 4, block->scratch) == 4))
				break;
			race->progress++;
		}
		close(held.fd);
	}
	return NULL;
}

/* The same through a mapping: returns false where that is gone. */
static bool touch_registers(const struct held *held, unsigned char *map, const struct block *block)
{
	unsigned int now = race->generation;
	uint32_t value = ~block->value;
	int sig = touch_read_word(map + block->known, &value);

	if (!sig) {
		EXPECT_EQ(now, held->generation);
		EXPECT_EQ(value, block->value);
		sig = touch_write_word(map + block->scratch, now);
	}
	if (sig)
		EXPECT_SIGNAL(sig, SIGBUS);
	else
		race->progress++;
	return !sig;
}

void *race_registers(void *arg __attribute__((unused)))
{
	const struct block *block = this_block();
	struct held held;

	while (!race->stop) {
		unsigned char *map = map_held(&held);

		if (!map)
			continue;
		while (!race->stop && touch_registers(&held, map, block))
			;
		munmap(map, WINDOW);
		close(held.fd);
	}
	return NULL;
}

/* Wait until the others have done so much since then. */
static void await_progress(unsigned int since, unsigned int count)
{
	while (race->progress - since < count)
		sched_yield();
}

/* Returns how many unbinds there were. */
static unsigned int run_cycles(unsigned int cycles)
{
	unsigned int since = 0;

	for (unsigned int i = 0; i < cycles; i++) {
		await_progress(since, 1 + i % CHILDREN);
		unbind_buffer(buffer);
		next_generation();
		since = race->progress;
		bind_buffer(buffer);
	}

	/* Who sleeps in poll() wakes up by an unbind only. */
	race->stop = true;
	unbind_buffer(buffer);
	next_generation();
	return cycles + 1;
}

/* In one address space: racers wait for each other's mmap_lock. */
void run_threads(const struct test_buffer *b, unsigned int cycles,
		 const racer_fn *racers)
{
	pthread_t threads[16];
	unsigned int count = 0;

	start_race(b);
	for (; racers[count]; count++)
		ASSERT_EQ(pthread_create(&threads[count], NULL, racers[count], NULL), 0);
	run_cycles(cycles);
	while (count)
		pthread_join(threads[--count], NULL);
}

/* In an address space each, as what moves its mappings must be. */
unsigned int run_processes(const struct test_buffer *b, unsigned int cycles,
			   const racer_fn *racers)
{
	unsigned int count = 0, unbinds;
	pid_t pids[16];

	start_race(b);
	for (; racers[count]; count++) {
		pids[count] = harness_fork();
		if (!pids[count]) {
			/* Else who unbinds would wait for its turn most of the time. */
			nice(10);
			racers[count](NULL);
			_exit(0);
		}
	}
	unbinds = run_cycles(cycles);
	while (count)
		harness_join(pids[--count]);
	return unbinds;
}

/*
 * In a child that inherits the mapping: the process that moves it never called mmap().
 * The parent unbinds.
 */
void run_mremap_in_children(const struct test_buffer *b, unsigned int cycles)
{
	start_race(b);
	for (unsigned int i = 0; i < cycles; i++) {
		unsigned int since = race->progress;
		struct held held;
		void *map;
		pid_t pid;

		ASSERT_TRUE(open_held(&held));
		map = ASSERT_MAP(mmap(NULL, WINDOW, RW, MAP_SHARED, held.fd, 0));
		enter_pages(map);
		pid = harness_fork();
		if (!pid) {
			move_until_revoked(&held, map);
			_exit(0);
		}
		await_progress(since, 1 + i % CHILDREN);
		unbind_buffer(b);
		next_generation();
		harness_join(pid);
		munmap(map, WINDOW);
		close(held.fd);
		bind_buffer(b);
	}
}

/* Maps, then looks at what is left of it after the unbind. */
static void map_slowly(const struct held *held, atomic_uint *mapped)
{
	unsigned char *map = mmap(NULL, WINDOW, RW, MAP_SHARED, held->fd, 0);

	if (map == MAP_FAILED) {
		EXPECT_EQ(errno, ENODEV);
		return;
	}
	++*mapped;
	await_end_of(held->generation);
	expect_revoked(map);
}

/* How many calls of mmap() the module has held up, the one that it holds now among them. */
static unsigned int held_up(void)
{
	char count[16];

	ASSERT_OK(file_read_line("/sys/module/slow_mmap/parameters/held", count, sizeof(count)));
	return strtoul(count, NULL, 10);
}

/*
 * The unbind comes while an mmap() is between the driver and the kernel's list of
 * VMAs; the module slow_mmap makes that time long. Returns how often it did.
 */
unsigned int run_slow_mmaps(const struct test_buffer *b, unsigned int cycles)
{
	atomic_uint *mapped;

	start_race(b);
	mapped = ASSERT_MAP(mmap(NULL, sizeof(*mapped), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	for (unsigned int i = 0; i < cycles; i++) {
		unsigned int before = held_up();
		struct held held;
		pid_t pid;

		ASSERT_TRUE(open_held(&held));
		pid = harness_fork();
		if (!pid) {
			map_slowly(&held, mapped);
			_exit(0);
		}
		while (held_up() == before)
			sched_yield();
		unbind_buffer(b);
		next_generation();
		harness_join(pid);
		close(held.fd);
		bind_buffer(b);
	}
	return *mapped;
}
