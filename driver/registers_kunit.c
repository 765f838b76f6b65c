// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: which accesses read(2) and write(2) make to registers, and which they refuse.
 * The registers are ordinary memory, which shows what was touched.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>

#include "cohbuf.h"
#include "compat.h"

#define SIZE	64

struct registers_state {
	struct cohbuf cb;
	struct cohbuf_mem mem;
	struct cohbuf_inode inode;
	struct file file;
	u8 bytes[SIZE];
	u8 before[SIZE];
};

static int registers_init(struct kunit *test)
{
	struct registers_state *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned int i;

	if (!s)
		return -ENOMEM;
	for (i = 0; i < SIZE; i++)
		s->bytes[i] = i + 1;
	memcpy(s->before, s->bytes, SIZE);

	s->mem.ops = &cohbuf_registers_ops;
	s->mem.size = SIZE;
	s->mem.registers = (void __force __iomem *)s->bytes;
	mutex_init(&s->cb.lock);
	s->cb.dev.init_name = "kunit";
	s->cb.mem = &s->mem;
	s->cb.one_access = true;
	s->inode.cb = &s->cb;
	s->file.private_data = &s->inode;
	test->priv = s;
	return 0;
}

/* By two parts of memory, where there are two bytes or more. */
static ssize_t registers_rw(struct registers_state *s, bool write, loff_t *pos, void *buf,
			    size_t len)
{
	struct kvec vec[] = {
		{ .iov_base = buf, .iov_len = len / 2 },
		{ .iov_base = buf + len / 2, .iov_len = len - len / 2 },
	};
	struct kiocb iocb = { .ki_filp = &s->file, .ki_pos = *pos };
	struct iov_iter iter;
	ssize_t ret;

	iov_iter_kvec(&iter, write ? WRITE : READ, vec, ARRAY_SIZE(vec), len);
	ret = write ? cohbuf_fops.write_iter(&iocb, &iter) : cohbuf_fops.read_iter(&iocb, &iter);
	*pos = iocb.ki_pos;
	return ret;
}

/* All offsets with all widths, and a little more: those that are one access, and no others. */
static void accesses(struct kunit *test)
{
	struct registers_state *s = test->priv;
	unsigned int widths[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, SIZE };
	unsigned int i, at;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		for (at = 0; at < SIZE; at++) {
			size_t width = widths[i];
			bool good = width <= COHBUF_WIDEST_ACCESS && hweight_long(width) == 1 &&
				    !(at % width);
			u8 read[SIZE] = {}, written[SIZE];
			loff_t pos = at;

			KUNIT_EXPECT_EQ_MSG(test, registers_rw(s, false, &pos, read, width),
					    good ? (ssize_t)width : -EINVAL, "%zu at %u", width, at);
			KUNIT_EXPECT_EQ(test, pos, (loff_t)(good ? at + width : at));
			if (good)
				KUNIT_EXPECT_EQ(test, memcmp(read, s->before + at, width), 0);
			else
				KUNIT_EXPECT_PTR_EQ(test, memchr_inv(read, 0, SIZE), NULL);

			memset(written, 0xa5, sizeof(written));
			pos = at;
			KUNIT_EXPECT_EQ_MSG(test, registers_rw(s, true, &pos, written, width),
					    good ? (ssize_t)width : -EINVAL, "%zu at %u", width, at);
			KUNIT_EXPECT_EQ(test, pos, (loff_t)(good ? at + width : at));
			if (good)
				KUNIT_EXPECT_EQ(test, memcmp(s->bytes + at, written, width), 0);
			/* Nothing beside it. */
			memcpy(s->bytes + at, s->before + at, good ? width : 0);
			KUNIT_EXPECT_EQ(test, memcmp(s->bytes, s->before, SIZE), 0);
		}
	}
}

static void only_the_width_of_reg_io_width(struct kunit *test)
{
	struct registers_state *s = test->priv;
	unsigned int only, width;
	u8 bytes[8] = {};

	for (only = 1; only <= COHBUF_WIDEST_ACCESS; only *= 2) {
		s->mem.io_width = only;
		for (width = 1; width <= 8; width++) {
			ssize_t wanted = width == only ? (ssize_t)width : -EINVAL;
			loff_t pos = 8;

			KUNIT_EXPECT_EQ(test, registers_rw(s, false, &pos, bytes, width), wanted);
			pos = 8;
			KUNIT_EXPECT_EQ(test, registers_rw(s, true, &pos, bytes, width), wanted);
		}
	}
}

static void end_of_the_registers(struct kunit *test)
{
	struct registers_state *s = test->priv;
	loff_t last = SIZE - 1, end = SIZE, beyond = S64_MAX;
	u8 bytes[8] = {};

	KUNIT_EXPECT_EQ(test, registers_rw(s, false, &end, bytes, 1), 0);
	KUNIT_EXPECT_EQ(test, registers_rw(s, false, &beyond, bytes, 1), 0);
	KUNIT_EXPECT_EQ(test, registers_rw(s, true, &end, bytes, 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, registers_rw(s, true, &beyond, bytes, 4), -ENOSPC);
	KUNIT_EXPECT_EQ(test, registers_rw(s, false, &last, bytes, 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, registers_rw(s, true, &last, bytes, 4), -EINVAL);
	KUNIT_EXPECT_EQ(test, memcmp(s->bytes, s->before, SIZE), 0);
	KUNIT_EXPECT_EQ(test, registers_rw(s, false, &last, bytes, 1), 1);
	KUNIT_EXPECT_EQ(test, bytes[0], s->before[SIZE - 1]);
}

static void no_bytes_are_no_access(struct kunit *test)
{
	struct registers_state *s = test->priv;
	loff_t first = 0, odd = 3, end = SIZE;
	u8 byte = 0xa5;

	KUNIT_EXPECT_EQ(test, registers_rw(s, false, &first, &byte, 0), 0);
	KUNIT_EXPECT_EQ(test, registers_rw(s, true, &odd, &byte, 0), 0);
	KUNIT_EXPECT_EQ(test, registers_rw(s, true, &end, &byte, 0), 0);
	KUNIT_EXPECT_EQ(test, memcmp(s->bytes, s->before, SIZE), 0);
}

static void after_unbind(struct kunit *test)
{
	struct registers_state *s = test->priv;
	u8 bytes[16] = {};
	loff_t pos = 0;

	s->cb.mem = NULL;
	KUNIT_EXPECT_EQ(test, registers_rw(s, false, &pos, bytes, 4), -ENODEV);
	KUNIT_EXPECT_EQ(test, registers_rw(s, true, &pos, bytes, 4), -ENODEV);
	KUNIT_EXPECT_EQ(test, registers_rw(s, false, &pos, bytes, 16), -ENODEV);
	KUNIT_EXPECT_EQ(test, memcmp(s->bytes, s->before, SIZE), 0);
}

static struct kunit_case registers_cases[] = {
	KUNIT_CASE(accesses),
	KUNIT_CASE(only_the_width_of_reg_io_width),
	KUNIT_CASE(end_of_the_registers),
	KUNIT_CASE(no_bytes_are_no_access),
	KUNIT_CASE(after_unbind),
	{}
};

static struct kunit_suite registers_suite = {
	.name = "cohbuf_registers",
	.init = registers_init,
	.test_cases = registers_cases,
};

kunit_test_suite(registers_suite);
