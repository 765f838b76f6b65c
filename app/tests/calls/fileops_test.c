// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every operation on an open buffer that is none of mmap, read, write, splice, poll and
 * ioctl, which have suites of their own: what the driver answers, and what the kernel
 * answers for it. The table in docs/abi.md has a line for each.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/harness/buffers.h"
#include "tests/tool/run.h"

/* The memory is the device's as soon as it is written: nothing is left to be done. */
TEST_EACH(fileops, fsync_and_fdatasync_are_0, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	ASSERT_EQ(pwrite(fd, "x", 1, 0), 1);
	EXPECT_EQ(fsync(fd), 0);
	EXPECT_EQ(fdatasync(fd), 0);
	EXPECT_EQ(syncfs(fd), 0);
	EXPECT_EQ(fsync(open_buffer(b, O_RDONLY)), 0);
}

TEST_EACH(fileops, msync_is_0, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd), byte = 0;

	map[b->size - 1] = 0x5a;
	EXPECT_EQ(msync(map, b->size, MS_SYNC), 0);
	EXPECT_EQ(msync(map, b->size, MS_ASYNC), 0);
	EXPECT_EQ(msync(map, b->size, MS_SYNC | MS_INVALIDATE), 0);
	EXPECT_EQ(msync(map + b->size - PAGE, PAGE, MS_SYNC), 0);
	EXPECT_ERRNO(msync(map + 1, 1, MS_SYNC), EINVAL);
	EXPECT_EQ(pread(fd, &byte, 1, b->size - 1), 1);
	EXPECT_EQ(byte, 0x5a);
}

/* By the range of a file that has pages: a character device has none. */
TEST(fileops, sync_file_range_is_espipe)
{
	int fd = open_buffer(&plain, O_RDWR);

	EXPECT_ERRNO(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE), ESPIPE);
}

TEST_EACH(fileops, after_an_unbind_there_is_nothing_to_sync, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);

	unbind_buffer(b);
	EXPECT_ERRNO(fsync(fd), ENODEV);
	EXPECT_ERRNO(fdatasync(fd), ENODEV);
	EXPECT_ERRNO(msync(map, b->size, MS_SYNC), ENODEV);
}

/* As people do it, who then look at the status. */
TEST(fileops, dd_and_sync_succeed)
{
	struct run r;

	r = run("dd if=/dev/urandom of=/dev/plain bs=64k count=16 conv=fsync");
	expect_status(&r, 0);
	r = run("sync /dev/plain");
	expect_status(&r, 0);
	r = run("sync -d /dev/plain");
	expect_status(&r, 0);
}

/* All of it is data; the hole is what is behind the end. */
TEST_EACH(fileops, lseek_finds_data_everywhere, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_EQ(lseek(fd, 0, SEEK_DATA), 0);
	EXPECT_EQ(lseek(fd, 1, SEEK_DATA), 1);
	EXPECT_EQ(lseek(fd, b->size - 1, SEEK_DATA), b->size - 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), b->size - 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_HOLE), b->size);
	EXPECT_EQ(lseek(fd, b->size - 1, SEEK_HOLE), b->size);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), b->size);

	/* A refused call leaves the position. */
	EXPECT_ERRNO(lseek(fd, b->size, SEEK_DATA), ENXIO);
	EXPECT_ERRNO(lseek(fd, b->size, SEEK_HOLE), ENXIO);
	EXPECT_ERRNO(lseek(fd, -1, SEEK_DATA), ENXIO);
	EXPECT_ERRNO(lseek(fd, -1, SEEK_HOLE), ENXIO);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), b->size);
	unbind_buffer(b);
	EXPECT_ERRNO(lseek(fd, 0, SEEK_DATA), ENODEV);
	EXPECT_ERRNO(lseek(fd, 0, SEEK_HOLE), ENODEV);
}

/* As of any character device: INFO, lseek() and sysfs have it. */
TEST_EACH(fileops, size_is_not_that_of_stat, named_buffers)
{
	int fd = open_buffer(b, O_RDONLY);
	struct cohbuf_info info;
	uint64_t size = 0;
	struct stat st;
	int left;

	ASSERT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 0);
	EXPECT_EQ(st.st_blocks, 0);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), b->size);
	EXPECT_OK(buffer_info(fd, &info));
	EXPECT_EQ(info.size, b->size);
	EXPECT_OK(buffer_attr_u64(b->name, "size", &size));
	EXPECT_EQ(size, b->size);
	EXPECT_ERRNO(ioctl(fd, FIONREAD, &left), ENOTTY);
	EXPECT_ERRNO(ioctl(fd, BLKGETSIZE64, &size), ENOTTY);
}

TEST(fileops, size_cannot_be_changed)
{
	int fd = open_buffer(&plain, O_RDWR);

	ASSERT_EQ(pwrite(fd, "x", 1, 0), 1);
	EXPECT_ERRNO(ftruncate(fd, 0), EINVAL);
	EXPECT_ERRNO(ftruncate(fd, plain.size), EINVAL);
	EXPECT_ERRNO(truncate("/dev/plain", 0), EINVAL);
	EXPECT_ERRNO(fallocate(fd, 0, 0, plain.size), ENODEV);
	EXPECT_ERRNO(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE), ENODEV);
	EXPECT_ERRNO(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, PAGE), ENODEV);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), plain.size);
}

/* Between ordinary files only: sendfile() and splice() are the way. */
TEST(fileops, copy_file_range_and_clone_are_refused)
{
	int from = open_buffer(&plain, O_RDWR), to = open_buffer(&snooped, O_RDWR);
	int file = ASSERT_OK(open("/tmp", O_TMPFILE | O_RDWR, 0600));
	loff_t at = 0, at_file = 0;

	ASSERT_EQ(write(file, "x", 1), 1);
	EXPECT_ERRNO(copy_file_range(from, &at, to, &at_file, 1, 0), EINVAL);
	EXPECT_ERRNO(copy_file_range(from, &at, file, &at_file, 1, 0), EINVAL);
	EXPECT_ERRNO_IN(copy_file_range(file, &at_file, to, &at, 1, 0), EINVAL, EXDEV);
	EXPECT_EQ(at, 0);
	EXPECT_ERRNO_IN(ioctl(to, FICLONE, from), EINVAL, EOPNOTSUPP);
}

/* Both kinds, between programs that ask for them: the kernel keeps them for any file. */
TEST(fileops, locks_are_kept_for_who_asks)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open_buffer(&plain, O_RDWR), other = open_buffer(&plain, O_RDWR);
	pid_t pid;

	if (flock(fd, LOCK_EX | LOCK_NB) && errno == ENOSYS)
		SKIP("the kernel has no file locks");
	EXPECT_OK(flock(fd, LOCK_EX | LOCK_NB));
	EXPECT_ERRNO(flock(other, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	EXPECT_OK(fcntl(fd, F_SETLK, &all));
	pid = harness_fork();
	if (!pid) {
		EXPECT_ERRNO_IN(fcntl(other, F_SETLK, &all), EAGAIN, EACCES);
		_exit(0);
	}
	harness_join(pid);

	/* Nor do they hold up anybody who does not ask. */
	EXPECT_EQ(pwrite(other, "x", 1, 0), 1);
	unbind_buffer(&plain);
	EXPECT_OK(flock(fd, LOCK_UN));
	EXPECT_OK(flock(other, LOCK_EX | LOCK_NB));
}

TEST(fileops, leases_and_seals_are_of_files)
{
	int fd = open_buffer(&plain, O_RDWR);

	EXPECT_ERRNO(fcntl(fd, F_SETLEASE, F_WRLCK), EINVAL);
	EXPECT_ERRNO(fcntl(fd, F_ADD_SEALS, 0), EINVAL);
	/* EINVAL of a kernel that does not know it. */
	EXPECT_ERRNO_IN(fcntl(fd, F_NOTIFY, DN_MODIFY), ENOTDIR, EINVAL);
	EXPECT_ERRNO(fcntl(fd, F_GETPIPE_SZ), EBADF);
}

/* There is no cache that one could give advice about. */
TEST(fileops, advice_changes_nothing)
{
	static const int advices[] = { POSIX_FADV_NORMAL, POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
				       POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,
				       POSIX_FADV_NOREUSE };
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char byte = 0;

	ASSERT_EQ(pwrite(fd, "x", 1, 0), 1);
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		EXPECT_EQ(posix_fadvise(fd, 0, 0, advices[i]), 0);
	EXPECT_ERRNO(readahead(fd, 0, PAGE), EINVAL);
	EXPECT_EQ(pread(fd, &byte, 1, 0), 1);
	EXPECT_EQ(byte, 'x');
}

TEST(fileops, it_is_no_directory_and_no_pipe)
{
	int fd = open_buffer(&plain, O_RDWR), pipefd[2];
	char entries[512];

	ASSERT_OK(pipe(pipefd));
	EXPECT_ERRNO(syscall(SYS_getdents64, fd, entries, sizeof(entries)), ENOTDIR);
	EXPECT_ERRNO(fchdir(fd), ENOTDIR);
	EXPECT_ERRNO(tee(fd, pipefd[1], 1, 0), EINVAL);
	EXPECT_ERRNO(splice(fd, NULL, open_buffer(&pool, O_RDWR), NULL, 1, 0), EINVAL);
}

/* What the kernel shows of any file, with the position. */
TEST(fileops, fdinfo_has_the_position)
{
	int fd = open_buffer(&plain, O_RDWR);
	char path[64], line[64];

	ASSERT_EQ(lseek(fd, 4711, SEEK_SET), 4711);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	ASSERT_OK(file_read_line(path, line, sizeof(line)));
	EXPECT_STREQ(line, "pos:\t4711");
}
