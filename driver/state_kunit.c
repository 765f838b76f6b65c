// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: what each call answers while a buffer is bound, and once it is not.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/uio.h>

#include "cohbuf.h"

#define SIZE	(2 * PAGE_SIZE)

/* A buffer of ordinary memory, and one file that has it open. */
struct state {
	struct cohbuf cb;
	struct cohbuf_mem mem;
	struct address_space mapping;
	struct inode inode;
	struct file file;
	char *page;
};

/* A kind of memory that has nothing to do. */
static const struct cohbuf_mem_ops kunit_ops = {
	.memory = COHBUF_MEMORY_COHERENT,
	.cpu_mapping = "uncached",
};

static int state_init(struct kunit *test)
{
	struct state *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct cohbuf *cb;

	if (!s)
		return -ENOMEM;
	s->mem.ops = &kunit_ops;
	s->mem.size = SIZE;
	s->mem.dma_addr = 0x1000;
	s->mem.dma_bits = 32;
	s->mem.cpu_addr = kunit_kzalloc(test, SIZE, GFP_KERNEL);
	s->page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	if (!s->mem.cpu_addr || !s->page)
		return -ENOMEM;

	cb = &s->cb;
	cb->dev.init_name = "kunit";
	cohbuf_set_up(cb, &s->mem);

	address_space_init_once(&s->mapping);
	s->inode.i_cdev = &cb->cdev;
	s->file.f_mapping = &s->mapping;
	s->file.f_mode = FMODE_READ | FMODE_WRITE;
	s->file.f_cred = current_cred();
	spin_lock_init(&s->file.f_lock);
	test->priv = s;
	return 0;
}

static void state_open(struct kunit *test)
{
	struct state *s = test->priv;

	KUNIT_ASSERT_EQ(test, cohbuf_fops.open(&s->inode, &s->file), 0);
	KUNIT_ASSERT_EQ(test, s->cb.num_files, 1);
}

static void state_close(struct kunit *test)
{
	struct state *s = test->priv;

	KUNIT_EXPECT_EQ(test, cohbuf_fops.release(&s->inode, &s->file), 0);
	KUNIT_EXPECT_EQ(test, s->cb.num_files, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&s->cb.inodes));
}

static ssize_t state_rw(struct state *s, bool write, char *buf, size_t len)
{
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	struct kiocb iocb = { .ki_filp = &s->file };
	struct iov_iter iter;

	iov_iter_kvec(&iter, write ? WRITE : READ, &vec, 1, len);
	return write ? cohbuf_fops.write_iter(&iocb, &iter) : cohbuf_fops.read_iter(&iocb, &iter);
}

static void revoke_takes_the_memory_away(struct kunit *test)
{
	struct state *s = test->priv;

	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_PTR_EQ(test, s->cb.mem, NULL);
}

static void second_revoke_changes_nothing(struct kunit *test)
{
	struct state *s = test->priv;

	state_open(test);
	cohbuf_revoke(&s->cb);
	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_PTR_EQ(test, s->cb.mem, NULL);
	KUNIT_EXPECT_EQ(test, s->cb.num_files, 1);
	state_close(test);
}

static void open_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;

	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, cohbuf_fops.open(&s->inode, &s->file), -ENXIO);
	KUNIT_EXPECT_EQ(test, s->cb.num_files, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&s->cb.inodes));
}

static void llseek_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;

	state_open(test);
	KUNIT_EXPECT_EQ(test, cohbuf_fops.llseek(&s->file, 0, SEEK_END), (loff_t)SIZE);
	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, cohbuf_fops.llseek(&s->file, 0, SEEK_SET), -ENODEV);
	state_close(test);
}

static void read_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;
	char buf[4] = "";

	state_open(test);
	memcpy(s->mem.cpu_addr, "old", 4);
	KUNIT_EXPECT_EQ(test, state_rw(s, false, buf, sizeof(buf)), sizeof(buf));
	KUNIT_EXPECT_STREQ(test, buf, "old");
	cohbuf_revoke(&s->cb);
	memset(buf, 0, sizeof(buf));
	KUNIT_EXPECT_EQ(test, state_rw(s, false, buf, sizeof(buf)), -ENODEV);
	KUNIT_EXPECT_STREQ(test, buf, "");
	state_close(test);
}

static void write_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;

	state_open(test);
	KUNIT_EXPECT_EQ(test, state_rw(s, true, "new", 4), 4);
	KUNIT_EXPECT_STREQ(test, (char *)s->mem.cpu_addr, "new");
	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, state_rw(s, true, "bad", 4), -ENODEV);
	KUNIT_EXPECT_STREQ(test, (char *)s->mem.cpu_addr, "new");
	state_close(test);
}

static void poll_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;

	state_open(test);
	KUNIT_EXPECT_EQ(test, (__force int)cohbuf_fops.poll(&s->file, NULL),
			(__force int)DEFAULT_POLLMASK);
	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, (__force int)cohbuf_fops.poll(&s->file, NULL),
			(__force int)(EPOLLHUP | EPOLLERR));
	state_close(test);
}

static void info_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;

	state_open(test);
	/* A test has no memory of a user: how far it gets tells. */
	KUNIT_EXPECT_EQ(test, cohbuf_fops.unlocked_ioctl(&s->file, COHBUF_IOC_INFO, 0), -EFAULT);
	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, cohbuf_fops.unlocked_ioctl(&s->file, COHBUF_IOC_INFO, 0), -ENODEV);
	state_close(test);
}

static void copy_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;
	struct cohbuf_copy copy = { .length = 0 };

	KUNIT_EXPECT_EQ(test, cohbuf_copy(&s->cb, &copy), -EINVAL);
	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, cohbuf_copy(&s->cb, &copy), -ENODEV);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->cb.copying), 0);
}

static void mmap_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;
	struct vm_area_struct *vma = kunit_kzalloc(test, sizeof(*vma), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vma);
	vma->vm_start = PAGE_SIZE;
	vma->vm_end = 2 * PAGE_SIZE;

	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, cohbuf_map(&s->cb, vma, 0), -ENODEV);
	KUNIT_EXPECT_TRUE(test, list_empty(&s->cb.mappings));
	KUNIT_EXPECT_EQ(test, s->cb.num_mappings, 0);
	KUNIT_EXPECT_PTR_EQ(test, vma->vm_private_data, NULL);
}

/* No engine, no turn: the next one finds it as it was. */
static void copy_without_an_engine(struct kunit *test)
{
	struct state *s = test->priv;
	struct cohbuf_copy copy = { .dst = PAGE_SIZE, .length = 4, .timeout_ms = 1000 };

	KUNIT_EXPECT_EQ(test, cohbuf_copy(&s->cb, &copy), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->cb.copying), 0);
}

static void fsync_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;

	state_open(test);
	KUNIT_EXPECT_EQ(test, cohbuf_fops.fsync(&s->file, 0, LLONG_MAX, 0), 0);
	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, cohbuf_fops.fsync(&s->file, 0, LLONG_MAX, 0), -ENODEV);
	state_close(test);
}

static void events_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;

	KUNIT_EXPECT_EQ(test, cohbuf_events_add(&s->cb, COHBUF_EVENTS_POSTED, 1), 0);
	KUNIT_EXPECT_EQ(test, cohbuf_events_add(&s->cb, COHBUF_EVENTS_INTERRUPT, 2), 0);
	cohbuf_revoke(&s->cb);
	KUNIT_EXPECT_EQ(test, cohbuf_events_add(&s->cb, COHBUF_EVENTS_POSTED, 1), -ENODEV);
	KUNIT_EXPECT_EQ(test, cohbuf_events_add(&s->cb, COHBUF_EVENTS_INTERRUPT, 1), -ENODEV);
	KUNIT_EXPECT_EQ(test, s->cb.sources[COHBUF_EVENTS_POSTED].total, 1ULL);
	KUNIT_EXPECT_EQ(test, s->cb.sources[COHBUF_EVENTS_INTERRUPT].total, 2ULL);
}

/* No program gets that far: it posts 32 bits at once. */
static void events_that_cannot_be_counted(struct kunit *test)
{
	struct state *s = test->priv;

	KUNIT_EXPECT_EQ(test, cohbuf_events_add(&s->cb, COHBUF_EVENTS_POSTED, U64_MAX - 1), 0);
	KUNIT_EXPECT_EQ(test, cohbuf_events_add(&s->cb, COHBUF_EVENTS_POSTED, 2), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, s->cb.sources[COHBUF_EVENTS_POSTED].total, U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, cohbuf_events_add(&s->cb, COHBUF_EVENTS_POSTED, 1), 0);
	KUNIT_EXPECT_EQ(test, cohbuf_events_add(&s->cb, COHBUF_EVENTS_POSTED, 1), -EOVERFLOW);
}

/* The files are gone by then: no program can see it. */
static void attributes_after_unbind(struct kunit *test)
{
	struct state *s = test->priv;
	struct attribute **attr;
	int num = 0;

	for (attr = cohbuf_groups[0]->attrs; *attr; attr++, num++) {
		struct device_attribute *da = container_of(*attr, struct device_attribute, attr);

		s->cb.mem = &s->mem;
		KUNIT_EXPECT_GT_MSG(test, da->show(&s->cb.dev, da, s->page), 0,
				    "%s", (*attr)->name);
		s->cb.mem = NULL;
		KUNIT_EXPECT_EQ_MSG(test, da->show(&s->cb.dev, da, s->page), -ENODEV,
				    "%s", (*attr)->name);
	}
	KUNIT_EXPECT_GT(test, num, 0);
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE(revoke_takes_the_memory_away),
	KUNIT_CASE(second_revoke_changes_nothing),
	KUNIT_CASE(open_after_unbind),
	KUNIT_CASE(llseek_after_unbind),
	KUNIT_CASE(read_after_unbind),
	KUNIT_CASE(write_after_unbind),
	KUNIT_CASE(poll_after_unbind),
	KUNIT_CASE(info_after_unbind),
	KUNIT_CASE(copy_after_unbind),
	KUNIT_CASE(mmap_after_unbind),
	KUNIT_CASE(copy_without_an_engine),
	KUNIT_CASE(fsync_after_unbind),
	KUNIT_CASE(events_after_unbind),
	KUNIT_CASE(events_that_cannot_be_counted),
	KUNIT_CASE(attributes_after_unbind),
	{}
};

static struct kunit_suite state_suite = {
	.name = "cohbuf_state",
	.init = state_init,
	.test_cases = state_cases,
};

kunit_test_suite(state_suite);
