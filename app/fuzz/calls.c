// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of the fuzzer; see calls.h. None of them looks at what it returns: what
 * may never happen, whatever is called, fuzz.c looks for. But for a number that the kernel
 * has for itself, which is no errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/cohbuf.h>
#include <linux/dma-buf.h>

#include "calls.h"
#include "touch.h"

#define SLOTS		4
#define PAGE		4096UL

/* The kernel's own numbers are above: ENOTSUPP, EPROBE_DEFER, EIOCBQUEUED and more. */
#define LAST_ERRNO	EHWPOISON

/* Longer than any engine here needs, shorter than anybody waits. */
#define COPY_MS		50

struct map {
	unsigned char *addr;
	size_t len;
};

static const char *node;
static size_t buffer_size;
static int files[SLOTS];
static struct map maps[SLOTS];
/* Two pages that can be written, one that can be read, one that is not there. */
static unsigned char *memory;
static int pipe_ends[2];

void calls_begin(const char *path, size_t size)
{
	node = path;
	buffer_size = size;
	memset(files, -1, sizeof(files));
	memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(memory, 0x5a, 3 * PAGE);
	mprotect(memory + 2 * PAGE, PAGE, PROT_READ);
	munmap(memory + 3 * PAGE, PAGE);
	pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK);
	files[0] = open(node, O_RDWR | O_CLOEXEC);
	if (files[0] < 0)
		files[0] = open(node, O_RDONLY | O_CLOEXEC);
}

static int file(uint64_t slot)
{
	return files[slot % SLOTS];
}

static void set_file(uint64_t slot, int fd)
{
	if (fd < 0)
		return;
	if (file(slot) >= 0)
		close(file(slot));
	files[slot % SLOTS] = fd;
}

static struct map *map(uint64_t slot)
{
	return &maps[slot % SLOTS];
}

static void set_map(uint64_t slot, void *addr, size_t len)
{
	if (addr != MAP_FAILED)
		*map(slot) = (struct map){ .addr = addr, .len = len };
}

/* Nothing of our own is unmapped or overwritten: only what a map had, or was near it. */
static size_t inside(const struct map *m, uint64_t offset)
{
	return m->len ? offset % m->len & -PAGE : 0;
}

/* Where a call may be told to read or write: the low bits choose, the others shift. */
static void *pointer(uint64_t value)
{
	size_t shift = value >> 4 & (PAGE - 1);

	switch (value & 15) {
	case 0:
		return NULL;
	case 1:		/* crosses into the page that cannot be written */
		return memory + 2 * PAGE - shift % 128;
	case 2:		/* crosses into the page that is not there */
		return memory + 3 * PAGE - shift % 128;
	case 3:
		return (void *)(uintptr_t)(value & ~15ULL);
	case 4:		/* of the kernel */
		return (void *)(uintptr_t)(0 - (value | 1));
	case 5:
	case 6:		/* the buffer itself */
		return map(value >> 4)->addr;
	case 7:		/* a page that can only be read */
		return memory + 2 * PAGE;
	default:
		return memory + shift;
	}
}

static void run_open(const uint64_t *a)
{
	/* Nothing is made where there is no node. */
	set_file(a[0], open(node, (a[1] & ~(uint64_t)(O_CREAT | O_TMPFILE | O_TRUNC)) | O_CLOEXEC));
}

static void run_reopen(const uint64_t *a)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file(a[1]));
	set_file(a[0], open(path, (a[2] & ~(uint64_t)(O_CREAT | O_TMPFILE)) | O_CLOEXEC));
}

static void run_close(const uint64_t *a)
{
	close(file(a[0]));
	files[a[0] % SLOTS] = -1;
}

static void run_dup(const uint64_t *a)
{
	set_file(a[0], dup(file(a[1])));
}

static void run_ioctl(const uint64_t *a)
{
	ioctl(file(a[0]), a[1], pointer(a[2]));
}

static void run_info(const uint64_t *a)
{
	ioctl(file(a[0]), COHBUF_IOC_INFO, pointer(a[1]));
}

static void run_copy(const uint64_t *a)
{
	struct cohbuf_copy copy = {
		.src = a[1],
		.dst = a[2],
		.length = a[3],
		.timeout_ms = COPY_MS,
	};

	ioctl(file(a[0]), COHBUF_IOC_COPY, &copy);
}

/* Any byte of the argument: those that have to be zero as well. */
static void run_copy_bytes(const uint64_t *a)
{
	struct cohbuf_copy *copy = (void *)memory;

	memset(memory, 0, sizeof(*copy));
	copy->dst = buffer_size / 2;
	copy->length = 64;
	copy->timeout_ms = COPY_MS;
	memory[a[1] % sizeof(*copy)] = a[2];
	memory[a[3] % sizeof(*copy)] ^= a[2];
	/* What waits for up to a minute only costs time. */
	if (copy->timeout_ms <= COHBUF_COPY_TIMEOUT_MAX)
		copy->timeout_ms %= 1000;
	ioctl(file(a[0]), COHBUF_IOC_COPY, copy);
}

static void run_sync(const uint64_t *a)
{
	struct cohbuf_sync sync = {
		.offset = a[1],
		.length = a[2],
		.direction = a[3] % 4,
		.owner = a[3] / 4 % 4,
	};

	ioctl(file(a[0]), COHBUF_IOC_SYNC, &sync);
}

static void run_sync_bytes(const uint64_t *a)
{
	struct cohbuf_sync *sync = (void *)memory;

	memset(memory, 0, sizeof(*sync));
	sync->length = 64;
	sync->owner = COHBUF_SYNC_FOR_DEVICE;
	memory[a[1] % sizeof(*sync)] = a[2];
	memory[a[3] % sizeof(*sync)] ^= a[2];
	ioctl(file(a[0]), COHBUF_IOC_SYNC, sync);
}

/* What it gives goes where a file is: it is mapped, closed, duplicated as one. */
static void run_export(const uint64_t *a)
{
	struct cohbuf_export export = {
		.offset = a[1],
		.length = a[2],
		.flags = a[3],
	};

	if (ioctl(file(a[0]), COHBUF_IOC_EXPORT, &export))
		return;
	close(files[SLOTS - 1]);
	files[SLOTS - 1] = export.fd;
}

static void run_export_bytes(const uint64_t *a)
{
	struct cohbuf_export *export = (void *)memory;

	memset(memory, 0, sizeof(*export));
	export->length = PAGE;
	export->flags = O_RDWR | O_CLOEXEC;
	memory[a[1] % sizeof(*export)] = a[2];
	memory[a[3] % sizeof(*export)] ^= a[2];
	if (!ioctl(file(a[0]), COHBUF_IOC_EXPORT, export))
		close(export->fd);
}

static void run_bracket(const uint64_t *a)
{
	struct dma_buf_sync sync = { .flags = a[1] };

	ioctl(file(a[0]), DMA_BUF_IOCTL_SYNC, &sync);
}

/* In the slot of a file: what the others do to it, they do to this. */
static void run_events(const uint64_t *a)
{
	struct cohbuf_events events = { .source = a[2] % 3, .flags = O_CLOEXEC | O_NONBLOCK };

	if (!ioctl(file(a[1]), COHBUF_IOC_EVENTS, &events))
		set_file(a[0], events.fd);
}

static void run_events_bytes(const uint64_t *a)
{
	struct cohbuf_events *events = (void *)memory;

	memset(memory, 0, sizeof(*events));
	memory[a[1] % sizeof(*events)] = a[2];
	if (!ioctl(file(a[0]), COHBUF_IOC_EVENTS, pointer(a[3])))
		close(events->fd);
}

/* As that: a buffer, where the first slot's file is that of a pool. */
static void run_alloc(const uint64_t *a)
{
	struct cohbuf_alloc alloc = { .size = a[2], .flags = O_CLOEXEC };

	if (!ioctl(file(a[1]), COHBUF_IOC_ALLOC, &alloc))
		set_file(a[0], alloc.fd);
}

static void run_alloc_bytes(const uint64_t *a)
{
	struct cohbuf_alloc *alloc = (void *)memory;

	memset(memory, 0, sizeof(*alloc));
	alloc->size = PAGE;
	memory[a[1] % sizeof(*alloc)] = a[2];
	if (!ioctl(file(a[0]), COHBUF_IOC_ALLOC, pointer(a[3])))
		close(alloc->fd);
}

static void run_post(const uint64_t *a)
{
	uint64_t count = a[1];

	write(file(a[0]), &count, sizeof(count));
	read(file(a[0]), pointer(a[2]), sizeof(count));
}

static void run_read(const uint64_t *a)
{
	read(file(a[0]), pointer(a[1]), a[2]);
}

static void run_write(const uint64_t *a)
{
	write(file(a[0]), pointer(a[1]), a[2]);
}

static void run_pread(const uint64_t *a)
{
	pread(file(a[0]), pointer(a[1]), a[2], a[3]);
}

static void run_pwrite(const uint64_t *a)
{
	pwrite(file(a[0]), pointer(a[1]), a[2], a[3]);
}

static void run_readv(const uint64_t *a)
{
	const struct iovec iov[2] = { { pointer(a[1]), a[2] }, { pointer(a[2]), a[1] } };

	preadv2(file(a[0]), iov, 2, a[3], 0);
}

static void run_writev(const uint64_t *a)
{
	const struct iovec iov[2] = { { pointer(a[1]), a[2] }, { pointer(a[2]), a[1] } };

	pwritev2(file(a[0]), iov, 2, a[3], 0);
}

static void run_lseek(const uint64_t *a)
{
	lseek(file(a[0]), a[1], a[2] % 8);
}

static void run_mmap(const uint64_t *a)
{
	/* No address is asked for, so nothing of our own is lost. */
	int flags = (a[2] >> 8) & ~(uint64_t)(MAP_FIXED | MAP_FIXED_NOREPLACE);

	set_map(a[2] >> 4, mmap(NULL, a[1], a[2] & 7, flags, file(a[0]), a[3]), a[1]);
}

static void run_mremap(const uint64_t *a)
{
	struct map *m = map(a[0]);
	size_t offset = inside(m, a[1]);
	int flags = a[3] & (MREMAP_MAYMOVE | MREMAP_DONTUNMAP);

	if (m->addr)
		set_map(a[0] + 1, mremap(m->addr + offset, m->len - offset, a[2], flags), a[2]);
}

/* With the old length 0, a shared mapping is doubled. */
static void run_mremap_double(const uint64_t *a)
{
	if (map(a[0])->addr)
		set_map(a[0] + 1, mremap(map(a[0])->addr, 0, a[1], MREMAP_MAYMOVE), a[1]);
}

static void run_munmap(const uint64_t *a)
{
	struct map *m = map(a[0]);
	size_t offset = inside(m, a[1]);

	if (m->addr && a[2] <= m->len - offset)
		munmap(m->addr + offset, a[2]);
}

static void run_mprotect(const uint64_t *a)
{
	struct map *m = map(a[0]);

	if (m->addr)
		mprotect(m->addr + inside(m, a[1]), a[2], a[3] & 7);
}

static void run_madvise(const uint64_t *a)
{
	struct map *m = map(a[0]);

	if (m->addr)
		madvise(m->addr + inside(m, a[1]), a[2], a[3] % 26);
}

static void run_mlock(const uint64_t *a)
{
	if (map(a[0])->addr)
		mlock(map(a[0])->addr, a[1]);
}

static void run_msync(const uint64_t *a)
{
	if (map(a[0])->addr)
		msync(map(a[0])->addr, a[1], a[2] & 7);
}

static void run_touch(const uint64_t *a)
{
	unsigned char byte;

	if (map(a[0])->len)
		touch_read(map(a[0])->addr + a[1] % map(a[0])->len, &byte);
}

static void run_scribble(const uint64_t *a)
{
	if (map(a[0])->len)
		touch_write(map(a[0])->addr + a[1] % map(a[0])->len, a[2]);
}

static void run_vm_read(const uint64_t *a)
{
	struct iovec to = { memory, 2 * PAGE };
	struct iovec from = { map(a[0])->addr, a[1] };

	process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

static void run_poll(const uint64_t *a)
{
	struct pollfd fd = { .fd = file(a[0]), .events = a[1] };

	poll(&fd, 1, 0);
}

static void run_splice(const uint64_t *a)
{
	off64_t offset = a[2];

	if (a[3] & 1)
		splice(file(a[0]), &offset, pipe_ends[1], NULL, a[1], SPLICE_F_NONBLOCK);
	else
		splice(pipe_ends[0], NULL, file(a[0]), &offset, a[1], SPLICE_F_NONBLOCK);
}

static void run_vmsplice(const uint64_t *a)
{
	struct iovec from = { map(a[0])->addr, a[1] };

	vmsplice(pipe_ends[1], &from, 1, SPLICE_F_NONBLOCK);
}

static void run_sendfile(const uint64_t *a)
{
	off_t offset = a[2];

	sendfile(file(a[0]), file(a[3]), &offset, a[1] % (1 << 20));
}

static void run_fcntl(const uint64_t *a)
{
	fcntl(file(a[0]), F_SETFL, a[1]);
}

static void run_truncate(const uint64_t *a)
{
	ftruncate(file(a[0]), a[1]);
	fallocate(file(a[0]), a[3] & 0xff, a[2], a[1]);
}

/* A child has all of it too, and may outlive a call of ours. */
static void run_fork(const uint64_t *a)
{
	unsigned char byte;
	pid_t pid = fork();

	if (!pid) {
		for (size_t i = 0; i < SLOTS; i++)
			if (maps[i].len)
				touch_read(maps[i].addr + a[0] % maps[i].len, &byte);
		_exit(0);
	}
	if (a[0] & 1)
		waitpid(pid, NULL, 0);
}

const struct call_kind call_kinds[] = {
	{ "open", { ARG_FILE, ARG_OPEN_FLAGS }, run_open },
	{ "reopen", { ARG_FILE, ARG_FILE, ARG_OPEN_FLAGS }, run_reopen },
	{ "close", { ARG_FILE }, run_close },
	{ "dup", { ARG_FILE, ARG_FILE }, run_dup },
	{ "ioctl", { ARG_FILE, ARG_COMMAND, ARG_POINTER }, run_ioctl },
	{ "info", { ARG_FILE, ARG_POINTER }, run_info },
	{ "copy", { ARG_FILE, ARG_OFFSET, ARG_OFFSET, ARG_LENGTH }, run_copy },
	{ "copy_bytes", { ARG_FILE, ARG_NUMBER, ARG_NUMBER, ARG_NUMBER }, run_copy_bytes },
	{ "sync", { ARG_FILE, ARG_OFFSET, ARG_LENGTH, ARG_NUMBER }, run_sync },
	{ "sync_bytes", { ARG_FILE, ARG_NUMBER, ARG_NUMBER, ARG_NUMBER }, run_sync_bytes },
	{ "export", { ARG_FILE, ARG_OFFSET, ARG_LENGTH, ARG_OPEN_FLAGS }, run_export },
	{ "export_bytes", { ARG_FILE, ARG_NUMBER, ARG_NUMBER, ARG_NUMBER }, run_export_bytes },
	{ "bracket", { ARG_FILE, ARG_NUMBER }, run_bracket },
	{ "events", { ARG_FILE, ARG_FILE, ARG_NUMBER }, run_events },
	{ "events_bytes", { ARG_FILE, ARG_NUMBER, ARG_NUMBER, ARG_POINTER }, run_events_bytes },
	{ "alloc", { ARG_FILE, ARG_FILE, ARG_LENGTH }, run_alloc },
	{ "alloc_bytes", { ARG_FILE, ARG_NUMBER, ARG_NUMBER, ARG_POINTER }, run_alloc_bytes },
	{ "post", { ARG_FILE, ARG_NUMBER, ARG_POINTER }, run_post },
	{ "read", { ARG_FILE, ARG_POINTER, ARG_LENGTH }, run_read },
	{ "write", { ARG_FILE, ARG_POINTER, ARG_LENGTH }, run_write },
	{ "pread", { ARG_FILE, ARG_POINTER, ARG_LENGTH, ARG_OFFSET }, run_pread },
	{ "pwrite", { ARG_FILE, ARG_POINTER, ARG_LENGTH, ARG_OFFSET }, run_pwrite },
	{ "readv", { ARG_FILE, ARG_POINTER, ARG_LENGTH, ARG_OFFSET }, run_readv },
	{ "writev", { ARG_FILE, ARG_POINTER, ARG_LENGTH, ARG_OFFSET }, run_writev },
	{ "lseek", { ARG_FILE, ARG_OFFSET, ARG_NUMBER }, run_lseek },
	{ "mmap", { ARG_FILE, ARG_LENGTH, ARG_MAP_FLAGS, ARG_OFFSET }, run_mmap },
	{ "mremap", { ARG_MAP, ARG_OFFSET, ARG_LENGTH, ARG_REMAP_FLAGS }, run_mremap },
	{ "mremap_double", { ARG_MAP, ARG_LENGTH }, run_mremap_double },
	{ "munmap", { ARG_MAP, ARG_OFFSET, ARG_LENGTH }, run_munmap },
	{ "mprotect", { ARG_MAP, ARG_OFFSET, ARG_LENGTH, ARG_PROT }, run_mprotect },
	{ "madvise", { ARG_MAP, ARG_OFFSET, ARG_LENGTH, ARG_ADVICE }, run_madvise },
	{ "mlock", { ARG_MAP, ARG_LENGTH }, run_mlock },
	{ "msync", { ARG_MAP, ARG_LENGTH, ARG_NUMBER }, run_msync },
	{ "touch", { ARG_MAP, ARG_OFFSET }, run_touch },
	{ "scribble", { ARG_MAP, ARG_OFFSET, ARG_NUMBER }, run_scribble },
	{ "vm_read", { ARG_MAP, ARG_LENGTH }, run_vm_read },
	{ "poll", { ARG_FILE, ARG_NUMBER }, run_poll },
	{ "splice", { ARG_FILE, ARG_LENGTH, ARG_OFFSET, ARG_NUMBER }, run_splice },
	{ "vmsplice", { ARG_MAP, ARG_LENGTH }, run_vmsplice },
	{ "sendfile", { ARG_FILE, ARG_LENGTH, ARG_OFFSET, ARG_FILE }, run_sendfile },
	{ "fcntl", { ARG_FILE, ARG_OPEN_FLAGS }, run_fcntl },
	{ "truncate", { ARG_FILE, ARG_LENGTH, ARG_OFFSET, ARG_NUMBER }, run_truncate },
	{ "fork", { ARG_NUMBER }, run_fork },
};

const size_t num_call_kinds = sizeof(call_kinds) / sizeof(call_kinds[0]);

size_t call_num_args(const struct call_kind *kind)
{
	size_t count = 0;

	while (count < MAX_ARGS && kind->args[count] != ARG_NONE)
		count++;
	return count;
}

static struct value random_range(struct random *random)
{
	static const struct value edges[] = {
		/* As a table: clang-format makes one long line of it. */
		/* clang-format off */
		{ .number = 0 }, { .number = 1 }, { .number = 64 }, { .number = PAGE - 1 },
		{ .number = PAGE }, { .number = PAGE + 1 }, { .number = INT32_MAX },
		{ .number = UINT32_MAX }, { .number = 1ULL << 32 }, { .number = INT64_MAX },
		{ .number = 1ULL << 63 }, { .number = -1 }, { .number = -PAGE },
		{ true, 0 }, { true, -1 }, { true, 1 }, { true, -PAGE }, { true, PAGE },
		{ true, -64 },
		/* clang-format on */
	};

	if (random_below(random, 3))
		return edges[random_below(random, sizeof(edges) / sizeof(edges[0]))];
	/* Of any size, small ones as often as large ones. */
	return (struct value){ .number = random_next(random) >> random_below(random, 64) };
}

static uint64_t random_command(struct random *random)
{
	switch (random_below(random, 4)) {
	case 0:		/* another number */
		return _IOC(random_below(random, 4), COHBUF_IOC_MAGIC, random_below(random, 256),
			    sizeof(struct cohbuf_copy));
	case 1:		/* another direction or size of one that is there */
		return _IOC(random_below(random, 4), COHBUF_IOC_MAGIC, random_below(random, 6),
			    random_below(random, 1 << 14));
	case 2:		/* one that all files have, or none */
		return 0x5400 + random_below(random, 0x80);
	default:
		return random_next(random);
	}
}

struct value call_random_arg(enum arg_kind kind, struct random *random)
{
	static const uint64_t open_flags[] = {
		O_RDWR, O_RDONLY, O_WRONLY, O_RDWR | O_NONBLOCK, O_RDWR | O_DIRECT,
		O_RDWR | O_APPEND, O_RDONLY | O_TRUNC, O_PATH, O_RDWR | O_SYNC, 3
	};
	static const uint64_t map_flags[] = {
		MAP_SHARED, MAP_SHARED, MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE,
		MAP_SHARED | MAP_POPULATE, MAP_SHARED | MAP_LOCKED, MAP_SHARED | MAP_NORESERVE,
		MAP_SHARED | MAP_HUGETLB, MAP_SHARED_VALIDATE | MAP_SYNC, 0
	};
	uint64_t number = random_next(random);

	switch (kind) {
	case ARG_OFFSET:
	case ARG_LENGTH:
		return random_range(random);
	case ARG_FILE:
	case ARG_MAP:	/* the first one more often */
		number = random_below(random, 2 * SLOTS);
		number = number < SLOTS ? number : 0;
		break;
	case ARG_OPEN_FLAGS:
		if (number % 8)
			number = open_flags[random_below(random, sizeof(open_flags) / 8)];
		break;
	case ARG_MAP_FLAGS:	/* protection, slot, flags */
		number = (number & 7) | (number & 0x30) |
			 map_flags[random_below(random, sizeof(map_flags) / 8)] << 8;
		break;
	case ARG_POINTER:
		number = number % 4 ? (number & 0xfff0) | 8 : number;
		break;
	case ARG_COMMAND:
		number = random_command(random);
		break;
	default:
		number >>= random_below(random, 64);
		break;
	}
	return (struct value){ .number = number };
}

bool call_run(const struct call *call)
{
	uint64_t args[MAX_ARGS];

	for (size_t i = 0; i < MAX_ARGS; i++)
		args[i] = call->args[i].number + (call->args[i].of_size ? buffer_size : 0);
	errno = 0;
	call_kinds[call->kind].run(args);
	if (errno <= LAST_ERRNO)
		return true;
	dprintf(STDOUT_FILENO, "# %s: errno is %d, which programs do not know\n",
		call_kinds[call->kind].name, errno);
	return false;
}
