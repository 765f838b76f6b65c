// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file system of one file, by the kernel's own protocol; see fuse.h. The file itself
 * is the root, so nobody ever looks up a name.
 */
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuse.h"
#include "tests/harness/buffers.h"

/* The kernel asks for room for its largest request. */
static union {
	struct fuse_in_header header;
	unsigned char bytes[FUSE_MIN_READ_BUFFER];
} request;

int fuse_mount(const char *path)
{
	char options[128];
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fuse < 0)
		SKIP("no /dev/fuse: %s", strerror(errno));
	snprintf(options, sizeof(options), "fd=%d,rootmode=%o,user_id=0,group_id=0", fuse,
		 S_IFREG | 0600);
	ASSERT_OK(mount("stalled", path, "fuse", MS_NOSUID | MS_NODEV, options));
	return fuse;
}

/* A request that was given up meanwhile has no answer any more: ENOENT. */
static void answer(int fuse, uint64_t unique, int error, const void *result, size_t size)
{
	struct fuse_out_header header = {
		.len = sizeof(header) + size,
		.error = -error,
		.unique = unique,
	};
	struct iovec parts[] = { { &header, sizeof(header) }, { (void *)result, size } };

	if (writev(fuse, parts, 2) < 0)
		ASSERT_EQ(errno, ENOENT);
}

static void answer_init(int fuse, uint64_t unique, const struct fuse_init_in *in)
{
	const struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = in->max_readahead,
		.max_write = 4096,
	};

	answer(fuse, unique, 0, &out, sizeof(out));
}

static void answer_getattr(int fuse, uint64_t unique)
{
	const struct fuse_attr_out out = {
		.attr_valid = 1000,
		.attr = {
			.ino = FUSE_ROOT_ID,
			.size = PAGE,
			.mode = S_IFREG | 0600,
			.nlink = 1,
			.blksize = PAGE,
		},
	};

	answer(fuse, unique, 0, &out, sizeof(out));
}

static void answer_other(int fuse)
{
	const struct fuse_in_header *in = &request.header;
	const struct fuse_open_out opened = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer_init(fuse, in->unique, (const void *)(in + 1));
		break;
	case FUSE_GETATTR:
		answer_getattr(fuse, in->unique);
		break;
	case FUSE_OPEN:
		answer(fuse, in->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		answer(fuse, in->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(fuse, in->unique, ENOSYS, NULL, 0);
	}
}

bool fuse_await_read(int fuse, struct fuse_read *wanted)
{
	for (;;) {
		ssize_t len = read(fuse, &request, sizeof(request));

		if (len < 0 && errno == ENODEV)
			return false;
		ASSERT_GE(len, (ssize_t)sizeof(request.header));
		if (request.header.opcode == FUSE_READ)
			break;
		answer_other(fuse);
	}
	wanted->unique = request.header.unique;
	wanted->size = ((const struct fuse_read_in *)(&request.header + 1))->size;
	return true;
}

void fuse_fail_read(int fuse, const struct fuse_read *wanted, int error)
{
	answer(fuse, wanted->unique, error, NULL, 0);
}

void fuse_answer_read(int fuse, const struct fuse_read *wanted)
{
	answer(fuse, wanted->unique, 0, new_bytes(wanted->size, 0), wanted->size);
}
