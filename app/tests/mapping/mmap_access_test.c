// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap(2): a file that is open for reading never yields a writable view, by no
 * route, and the memory cannot be dumped, or copied on write.
 */
#include <fcntl.h>
#include <signal.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)

#ifndef MAP_SYNC
#define MAP_SYNC	0x80000
#endif

TEST_EACH(mmap_access, private_mapping_is_einval, named_buffers)
{
	static const int modes[] = { O_RDONLY, O_RDWR };
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_WRITE, RW };

	for (size_t i = 0; i < 2; i++) {
		int fd = open_buffer(b, modes[i]);

		for (size_t j = 0; j < 4; j++)
			EXPECT_MAP_ERRNO(mmap(NULL, PAGE, prots[j], MAP_PRIVATE, fd, 0),
					 EINVAL);
	}
	EXPECT_EQ(mappings_of(b), 0);
}

TEST(mmap_access, validated_shared_mapping_works_and_map_sync_does_not)
{
	int fd = open_buffer(&plain, O_RDWR);

	ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE, fd, 0));
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0),
			 EOPNOTSUPP);
}

TEST_EACH(mmap_access, writable_mapping_of_an_o_rdonly_file_is_eacces, named_buffers)
{
	int fd = open_buffer(b, O_RDONLY);

	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EACCES);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
}

TEST_EACH(mmap_access, any_mapping_of_an_o_wronly_file_is_eacces, named_buffers)
{
	int fd = open_buffer(b, O_WRONLY);

	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), EACCES);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_NONE, MAP_SHARED, fd, 0), EACCES);
}

/* A view for reading, of memory whose first byte is 0x11. */
static unsigned char *readonly_view(const struct test_buffer *b)
{
	int fd = open_buffer(b, O_RDWR);

	ASSERT_EQ(pwrite(fd, "\x11", 1, 0), 1);
	close(fd);
	return ASSERT_MAP(mmap(NULL, b->size, PROT_READ, MAP_SHARED,
			       open_buffer(b, O_RDONLY), 0));
}

static void expect_unwritten(const struct test_buffer *b)
{
	unsigned char byte = 0;

	EXPECT_EQ(pread(open_buffer(b, O_RDONLY), &byte, 1, 0), 1);
	EXPECT_EQ(byte, 0x11);
}

static void expect_unwritable(const struct test_buffer *b, unsigned char *map)
{
	EXPECT_ERRNO(mprotect(map, PAGE, RW), EACCES);
	EXPECT_ERRNO(mprotect(map, PAGE, PROT_WRITE), EACCES);
	EXPECT_SIGNAL(touch_write(map, 0x22), SIGSEGV);
	EXPECT_EQ(map[0], 0x11);
	expect_unwritten(b);
}

TEST_EACH(mmap_access, mprotect_does_not_make_it_writable, named_buffers)
{
	expect_unwritable(b, readonly_view(b));
}

TEST_EACH(mmap_access, mprotect_after_prot_none_does_not_make_it_writable, named_buffers)
{
	unsigned char *map = readonly_view(b);

	ASSERT_OK(mprotect(map, b->size, PROT_NONE));
	EXPECT_ERRNO(mprotect(map, PAGE, RW), EACCES);
	ASSERT_OK(mprotect(map, b->size, PROT_READ));
	expect_unwritable(b, map);
}

TEST_EACH(mmap_access, mremap_does_not_make_it_writable, named_buffers)
{
	unsigned char *map = readonly_view(b);
	void *room = ASSERT_MAP(mmap(NULL, b->size, PROT_NONE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	expect_unwritable(b, ASSERT_MAP(mremap(map, b->size, b->size,
					       MREMAP_MAYMOVE | MREMAP_FIXED, room)));
}

TEST_EACH(mmap_access, fork_does_not_make_it_writable, named_buffers)
{
	unsigned char *map = readonly_view(b);
	pid_t pid = harness_fork();

	if (!pid) {
		expect_unwritable(b, map);
		_exit(0);
	}
	harness_join(pid);
}

TEST(mmap_access, remap_file_pages_does_not_make_it_writable)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map;

	ASSERT_EQ(pwrite(fd, "\x11", 1, PAGE), 1);
	map = readonly_view(&plain);

	/* It counts as a shared mapping no more, so there is nothing to rearrange. */
	EXPECT_ERRNO(remap_file_pages(map, PAGE, 0, 1, 0), EINVAL);
	expect_unwritable(&plain, map);
}

TEST(mmap_access, process_vm_writev_does_not_write)
{
	unsigned char *map = readonly_view(&plain);
	unsigned char byte = 0x22;
	struct iovec from = { &byte, 1 }, to = { map, 1 };

	EXPECT_ERRNO(process_vm_writev(getpid(), &from, 1, &to, 1, 0), EFAULT);
	expect_unwritten(&plain);
}

TEST(mmap_access, proc_self_mem_does_not_write)
{
	unsigned char *map = readonly_view(&plain);
	int mem = ASSERT_OK(open("/proc/self/mem", O_RDWR));

	EXPECT_ERRNO(pwrite(mem, "\x22", 1, (uintptr_t)map), EIO);
	expect_unwritten(&plain);
}

TEST(mmap_access, ptrace_does_not_write)
{
	unsigned char *map = readonly_view(&plain);
	pid_t pid = harness_fork();
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_TRUE(WIFSTOPPED(status));
	EXPECT_ERRNO(ptrace(PTRACE_POKEDATA, pid, map, (void *)0x22L), EIO);
	EXPECT_OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	harness_join(pid);
	expect_unwritten(&plain);
}

TEST(mmap_access, reading_into_it_is_efault)
{
	unsigned char *map = readonly_view(&plain);
	int zeros = ASSERT_OK(open("/dev/zero", O_RDONLY));

	EXPECT_ERRNO(read(zeros, map, 1), EFAULT);
	EXPECT_ERRNO(read(open_buffer(&snooped, O_RDONLY), map, 1), EFAULT);
	expect_unwritten(&plain);
}

TEST_EACH(mmap_access, protection_of_an_o_rdwr_mapping_can_change, named_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	unsigned char byte;

	map[0] = 0x11;
	EXPECT_OK(mprotect(map, b->size, PROT_READ));
	EXPECT_SIGNAL(touch_write(map, 0x22), SIGSEGV);
	EXPECT_OK(mprotect(map, b->size, PROT_NONE));
	EXPECT_SIGNAL(touch_read(map, &byte), SIGSEGV);
	EXPECT_OK(mprotect(map, b->size, RW));
	EXPECT_EQ(map[0], 0x11);
	EXPECT_SIGNAL(touch_write(map, 0x22), 0);
}

TEST_EACH(mmap_access, kernel_copies_from_and_to_the_mapping, named_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	unsigned char *data = new_pattern(0, PAGE, 7);
	unsigned char *back = new_bytes(PAGE, 0);
	int pipefd[2];

	ASSERT_OK(pipe(pipefd));
	ASSERT_EQ(write(pipefd[1], data, PAGE), PAGE);
	EXPECT_EQ(read(pipefd[0], map, PAGE), PAGE);
	EXPECT_BYTES(map, data, PAGE);
	EXPECT_EQ(write(pipefd[1], map, PAGE), PAGE);
	EXPECT_EQ(read(pipefd[0], back, PAGE), PAGE);
	EXPECT_BYTES(back, data, PAGE);
}

/* The VmFlags line of the area that starts at an address. */
static void vm_flags(const void *map, char *flags, size_t size)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	bool ours = false;
	char line[1024];

	ASSERT_TRUE(smaps);
	flags[0] = '\0';
	while (fgets(line, sizeof(line), smaps)) {
		unsigned long start, end;

		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			ours = start == (uintptr_t)map;
		else if (ours && !strncmp(line, "VmFlags:", 8))
			snprintf(flags, size, "%.*s ", (int)strcspn(line, "\n"), line);
	}
	fclose(smaps);
}

/*
 * In no core dump (dd), not to be grown (de), shared (sh); pages that are counted (mm), or
 * I/O memory (io).
 */
TEST_EACH(mmap_access, mapping_is_not_dumped_and_not_expanded, named_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	char flags[1024];

	vm_flags(map, flags, sizeof(flags));
	harness_check(HARNESS_HERE(false),
		      strstr(flags, " dd ") && strstr(flags, " de ") && strstr(flags, " sh ") &&
			      !strstr(flags, " io ") == is_pinnable(b) &&
			      (!is_pinnable(b) || strstr(flags, " mm ")),
		      "\"%s\" has dd, de, sh, and %s", flags,
		      is_pinnable(b) ? "mm, not io" : "io");

	EXPECT_ERRNO(madvise(map, PAGE, MADV_DODUMP), EINVAL);
	vm_flags(map, flags, sizeof(flags));
	EXPECT_TRUE(strstr(flags, " dd "));
}

TEST_EACH(mmap_access, advice_and_locks_leave_the_data, named_buffers)
{
	static const int advices[] = {
		MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_COLD, MADV_PAGEOUT,
		MADV_WILLNEED, MADV_RANDOM, MADV_MERGEABLE, MADV_HUGEPAGE, 22, 23
	};
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = ASSERT_MAP(mmap(NULL, b->size, RW,
					     MAP_SHARED | MAP_POPULATE | MAP_LOCKED, fd, 0));
	unsigned char *data = new_pattern(0, b->size, 8);

	memcpy(map, data, b->size);
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
		/* Below: it may take ordinary pages out. */
		if (advices[i] == MADV_DONTNEED)
			continue;
		madvise(map, b->size, advices[i]);
		EXPECT_BYTES(map, data, b->size);
	}
	mlock(map, b->size);
	munlock(map, b->size);
	EXPECT_OK(msync(map, b->size, MS_SYNC | MS_INVALIDATE));
	EXPECT_BYTES(map, data, b->size);

	/* What is touched next is entered again. */
	if (is_pinnable(b)) {
		EXPECT_OK(madvise(map, b->size, MADV_DONTNEED));
		EXPECT_BYTES(map, data, b->size);
		return;
	}

	/* Before Linux 7.1 what is mapped behind an IOMMU is said to be no memory, too. */
	if (b->has_iommu && !madvise(map, b->size, MADV_DONTNEED)) {
		EXPECT_SIGNAL(touch_read(map, data), SIGBUS);
		EXPECT_EQ(pread(fd, data, 1, 0), 1);
	} else {
		EXPECT_ERRNO(madvise(map, b->size, MADV_DONTNEED), EINVAL);
		EXPECT_BYTES(map, data, b->size);
	}
}
