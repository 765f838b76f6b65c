// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call with every fault that it can have, one at a time: out of memory, a bad
 * address. It fails with the errno that says so, or it works; and the buffer is then
 * as it was. What the kernel's checkers find on the way, the run shows.
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "fault.h"
#include "tests/copy/copying.h"
#include "tests/dmabuf/exporting.h"
#include "tests/harness/memory.h"
#include "tests/pool/pools.h"
#include "tests/registers/block.h"

#define RW	(PROT_READ | PROT_WRITE)

/* Minutes on an emulator: each place is a call, or a bind and an unbind. */
#define LIMIT	60

#define DRIVER	"/sys/bus/platform/drivers/cohbuf/"

/* Whose calls take ways of their own. */
static const struct test_buffer *const all_kinds[] = {
	&plain, &cached, &kmalloc_buffer, &vmalloc_buffer, &registers, NULL
};

/* Entered by mmap(), and by a touch. */
static const struct test_buffer *const entered[] = { &plain, &kmalloc_buffer, NULL };
static const struct test_buffer *const handed_over[] = { &cached, &kmalloc_buffer, NULL };

/* Calls on one open and mapped buffer. */
struct scene {
	const struct test_buffer *b;
	const struct block *block;	/* of registers */
	int fd;
	unsigned char *map;	/* four pages, or all that registers have */
	char attr[128];
	int pool;		/* a pool, where the call is on one */
	int made;		/* a file or a process that the call made */
	void *at;		/* what it mapped */
};

struct call {
	const char *name;
	/* -1 and errno, or else it worked. */
	long (*make)(struct scene *s);
	/* Takes back what a call that worked did; may be NULL. */
	void (*undo)(struct scene *s);
	/* One that fails may have done a part: the kernel does not take that back. */
	bool parts;
};

static bool is_registers(const struct test_buffer *b)
{
	return b->memory == COHBUF_MEMORY_REGISTERS;
}

/* A byte of memory; of registers, one that nothing happens to. Returns the signal. */
static int touch_some(const struct test_buffer *b, unsigned char *map, size_t at,
		      unsigned char value)
{
	uint32_t word;

	if (is_registers(b))
		return touch_read_word(map + this_block()->known, &word);
	return touch_write(map + at, value);
}

static long make_open(struct scene *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/%s", s->b->name);
	s->made = open(path, O_RDWR | O_CLOEXEC);
	return s->made;
}

static void undo_open(struct scene *s)
{
	EXPECT_OK(close(s->made));
}

static long make_open_again(struct scene *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->fd);
	s->made = open(path, O_RDONLY | O_CLOEXEC);
	return s->made;
}

static long make_mmap(struct scene *s)
{
	s->at = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, s->fd, 0);
	return s->at == MAP_FAILED ? -1 : 0;
}

static void undo_mmap(struct scene *s)
{
	EXPECT_OK(munmap(s->at, 4 * PAGE));
}

static long make_hole(struct scene *s)
{
	return munmap(s->map + PAGE, PAGE);
}

/* One mapping again: the parts of a buffer's are never joined. */
static void undo_parts(struct scene *s)
{
	ASSERT_MAP(mmap(s->map, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, s->fd, 0));
}

static long make_mprotect(struct scene *s)
{
	return mprotect(s->map + PAGE, PAGE, PROT_READ);
}

static long make_mremap(struct scene *s)
{
	void *to = mremap(s->map, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, s->at);

	if (to == MAP_FAILED)
		return -1;
	s->at = s->map;
	s->map = to;
	return 0;
}

/* Where the kernel has no memory to take the old mapping away, it leaves it, empty. */
static void undo_mremap(struct scene *s)
{
	EXPECT_OK(munmap(s->at, 4 * PAGE));
}

static long make_fork(struct scene *s)
{
	s->made = fork();
	if (!s->made)
		_exit(touch_write(s->map, 2) ? 1 : 0);
	return s->made;
}

static void undo_fork(struct scene *s)
{
	int status;

	ASSERT_EQ(waitpid(s->made, &status, 0), s->made);
	EXPECT_EQ(status, 0);
}

static unsigned char bytes[3 * 4096];

static long make_read(struct scene *s)
{
	if (is_registers(s->b))
		return pread(s->fd, bytes, 4, s->block->known);
	return pread(s->fd, bytes, sizeof(bytes), 5);
}

static long make_write(struct scene *s)
{
	if (is_registers(s->b))
		return pwrite(s->fd, bytes, 4, s->block->scratch);
	return pwrite(s->fd, bytes, sizeof(bytes), 5);
}

static long make_sendfile(struct scene *s)
{
	off_t offset = 0;

	return sendfile(s->made, s->fd, &offset, 8192);
}

static long make_info(struct scene *s)
{
	struct cohbuf_info info;

	return buffer_info(s->fd, &info);
}

static long make_sync(struct scene *s)
{
	struct cohbuf_sync sync = { .length = s->b->size, .owner = COHBUF_SYNC_FOR_CPU };

	return ioctl(s->fd, COHBUF_IOC_SYNC, &sync) || fsync(s->fd) ? -1 : 0;
}

static long make_export(struct scene *s)
{
	s->made = export_range(s->fd, PAGE, PAGE, O_RDWR | O_CLOEXEC);
	return s->made;
}

static void undo_export(struct scene *s)
{
	EXPECT_OK(close(s->made));
	await_exports(s->b, 0);
}

/* What is exported, used: mapped, and handed over. */
static long make_use_of_export(struct scene *s)
{
	s->at = mmap(NULL, s->b->size, RW, MAP_SHARED, s->made, 0);
	if (s->at == MAP_FAILED)
		return -1;
	if (bracket(s->made, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW)) {
		int error = errno;

		munmap(s->at, s->b->size);
		errno = error;
		return -1;
	}
	return 0;
}

static void undo_use_of_export(struct scene *s)
{
	EXPECT_OK(munmap(s->at, s->b->size));
}

/* It posts to itself: the page that poll() takes for who waits is one of the places. */
static long make_events(struct scene *s)
{
	struct pollfd pfd = { .events = POLLIN };
	uint64_t count = 1, got = 0;

	s->made = buffer_events(s->fd, COHBUF_EVENTS_POSTED, O_CLOEXEC);
	if (s->made < 0)
		return -1;
	pfd.fd = s->made;
	if (write(s->made, &count, sizeof(count)) == sizeof(count) && poll(&pfd, 1, 0) == 1 &&
	    read(s->made, &got, sizeof(got)) == sizeof(got) && got == count)
		return 0;
	count = errno;
	close(s->made);
	errno = count;
	return -1;
}

static long make_poll(struct scene *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };

	return poll(&pfd, 1, 0);
}

static long make_sysfs_read(struct scene *s)
{
	char text[64];

	return cohbuf_attribute(s->b->name, s->attr, text, sizeof(text));
}

static long make_alloc(struct scene *s)
{
	s->made = pool_alloc(s->pool, 2 * PAGE, O_CLOEXEC);
	/* The memory was there, in pieces. */
	if (s->made < 0 && errno == ENOSPC)
		errno = ENOMEM;
	return s->made;
}

static long make_fstat(struct scene *s)
{
	struct stat st;

	return fstat(s->fd, &st);
}

static struct scene open_scene(const struct test_buffer *b)
{
	struct scene s = { .b = b, .made = -1 };
	size_t size = 4 * PAGE;

	/* The tree is read before something can fail. */
	if (is_registers(b)) {
		s.block = this_block();
		size = b->size;
	}
	s.fd = open_buffer(b, O_RDWR);
	s.map = ASSERT_MAP(mmap(NULL, size, RW, MAP_SHARED, s.fd, 0));
	return s;
}

static bool is_excuse(int error)
{
	return error == ENOMEM || error == EFAULT || error == EAGAIN;
}

/*
 * Where an engine's channel cannot be had its driver does not say why, and where registers
 * cannot be claimed or mapped the kernel does not.
 */
static bool is_excuse_of(const struct test_buffer *b, int error)
{
	return is_excuse(error) || (error == EINVAL && b->flags & COHBUF_INFO_ENGINE) ||
	       (is_registers(b) && (error == EBUSY || error == ENXIO));
}

static void sweep(struct scene *s, const struct call *call)
{
	struct faults faults = faults_begin();
	unsigned int files = files_of(s->b), mappings = mappings_of(s->b);
	bool hit;

	do {
		int error;
		long ret;

		fault_arm(&faults);
		ret = call->make(s);
		hit = fault_disarm(&faults);
		error = errno;
		if (call->undo && (ret != -1 || call->parts))
			call->undo(s);
		if (ret == -1) {
			harness_check(HARNESS_HERE(false), hit && is_excuse(error),
				      "%s, place %u: ENOMEM or EFAULT, not %s", call->name,
				      faults.nth, strerror(error));
		}
		EXPECT_EQ(files_of(s->b), files);
		EXPECT_EQ(mappings_of(s->b), mappings);
		EXPECT_SIGNAL(touch_some(s->b, s->map, 0, faults.nth), 0);
	} while (hit);
	faults_end(&faults);
}

#define TEST_CALL(test, ...)							\
	TEST_LIMIT(fault, test, LIMIT)						\
	{									\
		struct scene s = open_scene(&plain);				\
										\
		sweep(&s, &(struct call){ .name = #test, __VA_ARGS__ });		\
	}

#define TEST_CALL_EACH(test, list, ...)						\
	TEST_EACH_LIMIT(fault, test, list, LIMIT)				\
	{									\
		struct scene s = open_scene(b);					\
										\
		sweep(&s, &(struct call){ .name = #test, __VA_ARGS__ });		\
	}

TEST_CALL(open, .make = make_open, .undo = undo_open)
TEST_CALL(open_again_through_proc, .make = make_open_again, .undo = undo_open)
TEST_CALL(mmap, .make = make_mmap, .undo = undo_mmap)
TEST_CALL_EACH(munmap_in_the_middle, entered, .make = make_hole, .undo = undo_parts,
	       .parts = true)
TEST_CALL_EACH(mprotect_in_the_middle, entered, .make = make_mprotect, .undo = undo_parts,
	       .parts = true)
TEST_CALL_EACH(fork, entered, .make = make_fork, .undo = undo_fork)
TEST_CALL_EACH(read, all_kinds, .make = make_read)
TEST_CALL_EACH(write, all_kinds, .make = make_write)
TEST_CALL_EACH(sync, handed_over, .make = make_sync)
TEST_CALL(info, .make = make_info)
TEST_CALL(export, .make = make_export, .undo = undo_export)
TEST_CALL(poll, .make = make_poll)
TEST_CALL(events, .make = make_events, .undo = undo_open)
TEST_CALL(fstat, .make = make_fstat)

/* Nothing of the quota is used up by a buffer that there is not. */
TEST_EACH_LIMIT(fault, alloc, all_pools, LIMIT)
{
	struct scene s = open_scene(&plain);

	s.pool = pool_open(b);
	sweep(&s, &(struct call){ .name = "alloc", .make = make_alloc, .undo = undo_open });
	await_used(b, 0);
}

TEST_EACH_LIMIT(fault, use_of_export, handed_over, LIMIT)
{
	const struct call use = {
		.name = "use_of_export",
		.make = make_use_of_export,
		.undo = undo_use_of_export,
	};
	struct scene s = open_scene(b);

	s.made = export_buffer(b, O_RDWR | O_CLOEXEC);
	sweep(&s, &use);
}

TEST_EACH_LIMIT(fault, mremap, entered, LIMIT)
{
	struct scene s = open_scene(b);

	s.at = ASSERT_MAP(mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	sweep(&s, &(struct call){ .name = "mremap", .make = make_mremap, .undo = undo_mremap });
}

TEST_LIMIT(fault, sendfile, LIMIT)
{
	struct scene s = open_scene(&plain);

	s.made = ASSERT_OK(open("/tmp/sent", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
	sweep(&s, &(struct call){ .name = "sendfile", .make = make_sendfile });
}

static void sweep_mmap(const struct test_buffer *b)
{
	struct faults faults = faults_begin();
	int fd = open_buffer(b, O_RDWR);
	bool hit;

	do {
		unsigned char *map;

		fault_arm(&faults);
		map = mmap(NULL, b->size, RW, MAP_SHARED, fd, 0);
		hit = fault_disarm(&faults);
		if (map == MAP_FAILED) {
			EXPECT_EQ(errno, ENOMEM);
		} else {
			EXPECT_SIGNAL(touch_some(b, map, b->size - 1, 1), 0);
			munmap(map, b->size);
		}
		EXPECT_EQ(mappings_of(b), 0);
	} while (hit);
	faults_end(&faults);
}

TEST_EACH_LIMIT(fault, mmap_of_each_kind, named_buffers, LIMIT)
{
	sweep_mmap(b);
}

TEST_LIMIT(fault, mmap_of_registers, LIMIT)
{
	sweep_mmap(&registers);
}

/* Pages that are counted are entered by the first touch, which can lack what mmap() can. */
struct touch {
	const struct test_buffer *b;
	int fd;
	unsigned char *map;	/* all of it */
	const unsigned char *holds;
};

/* The process learns of nothing: it comes back to the same place. */
static long touch_by_program(struct touch *t)
{
	size_t last = t->b->size - 1;

	errno = EIO;
	return touch_write(t->map, t->holds[0]) || touch_write(t->map + last, t->holds[last]) ? -1 :
												0;
}

/* The kernel touches it, of which the program learns; by the driver itself, from it. */
static long touch_by_read(struct touch *t)
{
	size_t at = t->b->size / 2 - PAGE;
	ssize_t ret = pread(t->fd, t->map + at, 2 * PAGE, at);

	if (ret >= 0 && ret < 2 * (ssize_t)PAGE)
		errno = EFAULT;
	return ret == 2 * (ssize_t)PAGE ? 0 : -1;
}

static long touch_by_populate(struct touch *t)
{
	return madvise(t->map, t->b->size, MADV_POPULATE_WRITE);
}

/*
 * In the middle of nothing, and on both sides of a boundary of what one page of entries
 * maps: so that there are page tables to make, and two of them.
 */
static unsigned char *lonely_place(size_t size)
{
	const size_t span = PAGE * PAGE / 8;
	unsigned char *room = ASSERT_MAP(mmap(NULL, 4 * span, PROT_NONE,
					      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));

	ASSERT_OK(munmap(room, 4 * span));
	return (unsigned char *)(((uintptr_t)room + 2 * span) & -span) - size / 2;
}

static void sweep_first_touch(const struct test_buffer *b, long (*touch)(struct touch *t))
{
	struct touch t = { .b = b, .fd = open_buffer(b, O_RDWR) };
	struct faults faults = faults_begin();
	bool hit;

	t.holds = new_pattern(0, b->size, 3);
	ASSERT_EQ(pwrite(t.fd, t.holds, b->size, 0), b->size);
	do {
		int error;
		long ret;

		t.map = ASSERT_MAP(mmap(lonely_place(b->size), b->size, RW,
					MAP_SHARED | MAP_FIXED_NOREPLACE, t.fd, 0));
		fault_arm(&faults);
		ret = touch(&t);
		hit = fault_disarm(&faults);
		error = errno;
		harness_check(HARNESS_HERE(false), !ret || (hit && is_excuse(error)),
			      "place %u: ENOMEM or EFAULT, not %s", faults.nth, strerror(error));
		EXPECT_SIGNAL(touch_write(t.map, t.holds[0]), 0);
		EXPECT_BYTES(t.map, t.holds, b->size);
		EXPECT_EQ(mappings_of(b), 1);
		ASSERT_OK(munmap(t.map, b->size));
	} while (hit);
	EXPECT_EQ(mappings_of(b), 0);
	faults_end(&faults);
}

#define TEST_FIRST_TOUCH(how)							\
	TEST_EACH_LIMIT(fault, first_touch_by_##how, pinnable_buffers, LIMIT)	\
	{									\
		sweep_first_touch(b, touch_by_##how);				\
	}

TEST_FIRST_TOUCH(program)
TEST_FIRST_TOUCH(read)
TEST_FIRST_TOUCH(populate)

TEST_LIMIT(fault, reading_each_attribute, 4 * LIMIT)
{
	static const char *const attrs[] = {
		"size", "dma_addr", "dma_bits", "files", "mappings", "memory", "cpu_mapping",
		"cache_line", "region", "exports", "events"
	};
	struct scene s = open_scene(&cma);

	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		strcpy(s.attr, attrs[i]);
		ASSERT_OK(make_sysfs_read(&s));
		sweep(&s, &(struct call){ .name = attrs[i], .make = make_sysfs_read });
	}
}

TEST_EACH_LIMIT(fault, copy, chosen_buffers, 4 * LIMIT)
{
	struct faults faults = faults_begin();
	struct subject s = open_subject(b, 1);
	bool hit;

	do {
		int ret, error;

		refill(&s, faults.nth);
		fault_arm(&faults);
		ret = copy(s.fd, b->size / 2, 0, 1024);
		hit = fault_disarm(&faults);
		error = errno;
		if (!ret) {
			expect_copied(&s, b->size / 2, 0, 1024);
			continue;
		}
		/* An engine that has no memory for a transfer says no more than that. */
		harness_check(HARNESS_HERE(false), hit && (is_excuse(error) || error == EIO),
			      "place %u: ENOMEM, EFAULT or EIO, not %s", faults.nth, strerror(error));
		if (error != EFAULT)
			expect_untouched(&s);
	} while (hit);
	faults_end(&faults);

	refill(&s, 9);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 1024));
	expect_copied(&s, b->size / 2, 0, 1024);
}

/*
 * Lines of the list of all DMA memory that are of this device; -1: no such list. The
 * kernel looks for them through each of its 16384 lists, which takes longer than a bind.
 */
static int dma_memory_of(const char *device)
{
	FILE *dump = fopen("/sys/kernel/debug/dma-api/dump", "r");
	char line[512], name[DEVICE_NAME_SIZE + 2];
	int lines = 0;

	if (!dump)
		return -1;
	snprintf(name, sizeof(name), " %s ", device);
	while (fgets(line, sizeof(line), dump))
		lines += !!strstr(line, name);
	fclose(dump);
	return lines;
}

/* Nothing of a buffer whose device is not bound; but for its DMA memory. */
static void expect_nothing_of(const struct test_buffer *b)
{
	char name[COHBUF_NAME_SIZE], path[PATH_MAX];

	EXPECT_ERRNO(cohbuf_find(b->node, name), ENOENT);
	if (b->name) {
		EXPECT_ERRNO(buffer_open(b->name, O_RDONLY), ENOENT);
		snprintf(path, sizeof(path), "/sys/class/cohbuf/%s", b->name);
		EXPECT_ERRNO(access(path, F_OK), ENOENT);
	}
}

static void expect_whole(const struct test_buffer *b)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);

	if (!is_registers(b))
		EXPECT_EQ(map[0], b->initial_data ? b->initial_data[0] : 0);
	EXPECT_SIGNAL(touch_some(b, map, b->size - 1, 1), 0);
	EXPECT_OK(munmap(map, b->size));
	EXPECT_OK(close(fd));
}

static long write_device(int fd, const char *device)
{
	return write(fd, device, strlen(device));
}

/*
 * A bind and an unbind are slow with checkers. Where those of a buffer take no way that
 * another's do not, every third place fails, and not the same of each.
 */
static void thin_out(struct faults *faults, const struct test_buffer *b)
{
	static const struct test_buffer *const ways_of_their_own[] = {
		&mmapdemo, &plain, &cached, &kmalloc_buffer, &vmalloc_buffer, &registers, &pool,
		&cma
	};
	size_t i;

	for (i = 0; i < sizeof(ways_of_their_own) / sizeof(*ways_of_their_own); i++)
		if (b == ways_of_their_own[i])
			return;
	faults->step = 3;
	for (i = 0; all_buffers[i] != b; i++)
		;
	faults->nth += i % faults->step;
}

static void sweep_bind(const struct test_buffer *b)
{
	int fd = ASSERT_OK(open(DRIVER "bind", O_WRONLY | O_CLOEXEC));
	struct faults faults = faults_begin();
	const char *device = platform_device_of(b);
	unsigned int worked = 0, mapped;
	bool hit;

	thin_out(&faults, b);
	unbind_buffer(b);
	mapped = count_io_vmaps();
	do {
		long ret;
		int error;

		fault_arm(&faults);
		ret = write_device(fd, device);
		hit = fault_disarm(&faults);
		error = errno;
		EXPECT_EQ(ret != -1, device_is_bound(device));
		if (device_is_bound(device)) {
			worked++;
			expect_whole(b);
			unbind_buffer(b);
		} else {
			harness_check(HARNESS_HERE(false), hit && is_excuse_of(b, error),
				      "place %u: ENOMEM or EFAULT, not %s", faults.nth,
				      strerror(error));
		}
		expect_nothing_of(b);
	} while (hit);
	/* What any of them has left is still there. */
	EXPECT_LE(dma_memory_of(device), 0);
	EXPECT_EQ(count_io_vmaps(), mapped);
	harness_note("%u binds worked in spite of it, or without it", worked);
	faults_end(&faults);
}

/* The order of the places is not the same each time: every buffer is one more sweep. */
TEST_EACH_LIMIT(fault, bind, all_buffers, 4 * LIMIT)
{
	sweep_bind(b);
}

/* A claim that is left refuses the next bind. */
TEST_LIMIT(fault, bind_of_registers, 4 * LIMIT)
{
	sweep_bind(&registers);
}

/* An unbind cannot fail: if the driver is asked at all, the buffer is gone. */
static void sweep_unbind(const struct test_buffer *b)
{
	int bind = ASSERT_OK(open(DRIVER "bind", O_WRONLY | O_CLOEXEC));
	int unbind = ASSERT_OK(open(DRIVER "unbind", O_WRONLY | O_CLOEXEC));
	struct faults faults = faults_begin();
	const char *device = platform_device_of(b);
	bool hit;

	thin_out(&faults, b);
	do {
		int fd = open_buffer(b, O_RDWR);
		unsigned char *map = map_buffer(b, fd);
		struct cohbuf_info info;

		fault_arm(&faults);
		write_device(unbind, device);
		hit = fault_disarm(&faults);
		if (device_is_bound(device)) {
			EXPECT_TRUE(hit);
			EXPECT_SIGNAL(touch_some(b, map, 0, 1), 0);
			EXPECT_OK(buffer_info(fd, &info));
		} else {
			EXPECT_SIGNAL(touch_some(b, map, 0, 1), SIGBUS);
			EXPECT_ERRNO(buffer_info(fd, &info), ENODEV);
			expect_nothing_of(b);
		}
		munmap(map, b->size);
		close(fd);
		if (!device_is_bound(device))
			ASSERT_GT(write_device(bind, device), 0);
	} while (hit);
	/* What any of them has left is still there. */
	ASSERT_GT(write_device(unbind, device), 0);
	EXPECT_LE(dma_memory_of(device), 0);
	ASSERT_GT(write_device(bind, device), 0);
	faults_end(&faults);
}

TEST_EACH_LIMIT(fault, unbind, all_buffers, 4 * LIMIT)
{
	sweep_unbind(b);
}

TEST_LIMIT(fault, unbind_of_registers, 4 * LIMIT)
{
	sweep_unbind(&registers);
}

/* Loading binds nothing here: what a bind can lack has tests of its own. */
TEST_LIMIT(fault, loading_the_module, 8 * LIMIT)
{
	struct faults faults;
	struct utsname system;
	int file;
	bool hit;

	/* In module_finalize() of 6.1. */
	ASSERT_OK(uname(&system));
	if (!strncmp(system.machine, "arm", 3))
		SKIP("a kernel for arm dies where it has no memory for a module's unwind table");
	faults = faults_begin();
	file = ASSERT_OK(open_module("cohbuf"));
	set_autoprobe(false);
	ASSERT_OK(unload_module("cohbuf"));
	do {
		int ret, error;

		fault_arm(&faults);
		ret = syscall(SYS_finit_module, file, "", 0);
		hit = fault_disarm(&faults);
		error = errno;
		if (!ret) {
			ASSERT_OK(unload_module("cohbuf"));
		} else {
			harness_check(HARNESS_HERE(false), hit && is_excuse(error),
				      "place %u: ENOMEM or EFAULT, not %s", faults.nth,
				      strerror(error));
		}
		EXPECT_TRUE(!module_is_loaded());
		EXPECT_ERRNO(access("/sys/class/cohbuf", F_OK), ENOENT);
		EXPECT_ERRNO(access(DRIVER, F_OK), ENOENT);
	} while (hit);
	faults_end(&faults);
	set_autoprobe(true);
	ASSERT_OK(load_module("cohbuf"));
}
