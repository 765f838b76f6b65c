// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C library's calls that take an open file, and the files that they find by number.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define MAX_FILES	64

static struct fake_file files[MAX_FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int fail(int error)
{
	errno = error;
	return -1;
}

/* With the lock held. */
static struct fake_file *find(enum fake_kind kind, int fd)
{
	for (struct fake_file *file = files; file < files + MAX_FILES; file++)
		if (kind == FAKE_NONE ? !file->kind : file->kind && file->fd == fd)
			return file;
	return NULL;
}

int fake_file_add(const struct fake_file *file)
{
	struct fake_file *place;

	pthread_mutex_lock(&lock);
	place = find(FAKE_NONE, -1);
	if (place)
		*place = *file;
	pthread_mutex_unlock(&lock);
	if (place)
		return file->fd;
	syscall(SYS_close, file->fd);
	return fail(ENFILE);
}

bool fake_file_get(int fd, struct fake_file *file)
{
	struct fake_file *found;

	pthread_mutex_lock(&lock);
	found = find(FAKE_EVENTS, fd);
	if (found)
		*file = *found;
	pthread_mutex_unlock(&lock);
	return found;
}

void fake_file_remove(int fd)
{
	struct fake_file *found;

	pthread_mutex_lock(&lock);
	found = find(FAKE_EVENTS, fd);
	if (found)
		found->kind = FAKE_NONE;
	pthread_mutex_unlock(&lock);
}

void fake_file_each(void (*function)(struct fake_file *file, const void *what), const void *what)
{
	pthread_mutex_lock(&lock);
	for (struct fake_file *file = files; file < files + MAX_FILES; file++)
		if (file->kind)
			function(file, what);
	pthread_mutex_unlock(&lock);
}

FAKE_CALL int close(int fd)
{
	fake_file_remove(fd);
	return syscall(SYS_close, fd);
}

FAKE_CALL int ioctl(int fd, unsigned long command, ...)
{
	struct fake_buffer buffer;
	struct fake_file file;
	va_list arguments;
	int before = errno, error;
	void *argument;

	va_start(arguments, command);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	/* Its own calls alone. */
	if (_IOC_TYPE(command) != COHBUF_IOC_MAGIC)
		return syscall(SYS_ioctl, fd, command, argument);
	if (fake_file_get(fd, &file) || !fake_buffer_of(fd, &buffer))
		return fail(fcntl(fd, F_GETFD) < 0 ? EBADF : ENOTTY);
	error = fake_ioctl(fd, &buffer, command, argument);
	errno = before;
	return error ? fail(error) : 0;
}

/* A file of events is open as the buffer was, and the eventfd that it is here for both. */
FAKE_CALL int fcntl(int fd, int command, ...)
{
	struct fake_file file;
	va_list arguments;
	void *argument;
	int ret;

	va_start(arguments, command);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	ret = syscall(SYS_fcntl, fd, command, argument);
	if (ret >= 0 && command == F_GETFL && fake_file_get(fd, &file) && file.kind == FAKE_EVENTS)
		ret = (ret & ~O_ACCMODE) | file.mode;
	return ret;
}

/* One access, or none. Returns bytes, or the negative of an errno. */
static ssize_t clamp_access(const struct fake_buffer *buffer, size_t inside, size_t length,
			    off_t offset)
{
	char value[64];
	size_t width = length;

	if (!inside)
		return 0;
	if (fake_attribute(buffer->name, "reg_io_width", value))
		width = strtoul(value, NULL, 0);
	if (inside != length || length > 8 || length & (length - 1) || offset % length ||
	    width != length)
		return -EINVAL;
	return length;
}

/* How many bytes of it there are to be had, or the negative of an errno. */
static ssize_t clamp(int fd, const struct fake_buffer *buffer, size_t length, off_t offset)
{
	struct cohbuf_info info;
	int error = fake_info(fd, buffer, &info);
	size_t inside;

	if (error)
		return -error;
	if (info.flags & COHBUF_INFO_POOL)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	inside = (uint64_t)offset >= info.size ? 0 : info.size - offset;
	inside = inside < length ? inside : length;
	return info.memory == COHBUF_MEMORY_REGISTERS ?
		       clamp_access(buffer, inside, length, offset) :
		       (ssize_t)inside;
}

static ssize_t transfer(int fd, const struct fake_buffer *buffer, bool write, void *memory,
			size_t length, off_t offset)
{
	int refused = write ? O_RDONLY : O_WRONLY;
	ssize_t ret = -fake_told(write ? "write" : "read");

	if ((syscall(SYS_fcntl, fd, F_GETFL) & O_ACCMODE) == refused)
		ret = -EBADF;
	if (!ret)
		ret = clamp(fd, buffer, length, offset);
	if (!ret && write && length)
		ret = -ENOSPC;
	if (ret > 0)
		ret = syscall(write ? SYS_pwrite64 : SYS_pread64, fd, memory, ret, offset);
	fake_record(ret < 0 ? -ret : 0, "%s %s %lld %zu", write ? "write" : "read", buffer->name,
		    (long long)offset, length);
	return ret < 0 ? fail(-ret) : ret;
}

FAKE_CALL ssize_t pread(int fd, void *to, size_t length, off_t offset)
{
	struct fake_buffer buffer;

	if (fake_buffer_of(fd, &buffer))
		return transfer(fd, &buffer, false, to, length, offset);
	return syscall(SYS_pread64, fd, to, length, offset);
}

FAKE_CALL ssize_t pwrite(int fd, const void *from, size_t length, off_t offset)
{
	struct fake_buffer buffer;

	if (fake_buffer_of(fd, &buffer))
		return transfer(fd, &buffer, true, (void *)from, length, offset);
	return syscall(SYS_pwrite64, fd, from, length, offset);
}

/* At the file's position, which moves on. */
static ssize_t transfer_on(int fd, const struct fake_buffer *buffer, bool write, void *memory,
			   size_t length)
{
	off_t offset = syscall(SYS_lseek, fd, 0, SEEK_CUR);
	ssize_t ret = transfer(fd, buffer, write, memory, length, offset);

	if (ret > 0)
		syscall(SYS_lseek, fd, offset + ret, SEEK_SET);
	return ret;
}

FAKE_CALL ssize_t read(int fd, void *to, size_t length)
{
	struct fake_buffer buffer;
	struct fake_file file;

	if (fake_file_get(fd, &file) && file.kind == FAKE_EVENTS)
		return fake_events_read(&file, to, length);
	if (fake_buffer_of(fd, &buffer))
		return transfer_on(fd, &buffer, false, to, length);
	return syscall(SYS_read, fd, to, length);
}

FAKE_CALL ssize_t write(int fd, const void *from, size_t length)
{
	struct fake_buffer buffer;
	struct fake_file file;

	if (fake_file_get(fd, &file) && file.kind == FAKE_EVENTS)
		return fake_events_write(&file, from, length);
	if (fake_buffer_of(fd, &buffer))
		return transfer_on(fd, &buffer, true, (void *)from, length);
	return syscall(SYS_write, fd, from, length);
}

ssize_t __read_chk(int fd, void *to, size_t length, size_t room);
ssize_t __pread_chk(int fd, void *to, size_t length, off_t offset, size_t room);

FAKE_CALL ssize_t __read_chk(int fd, void *to, size_t length, size_t room)
{
	if (length > room)
		abort();
	return read(fd, to, length);
}

FAKE_CALL ssize_t __pread_chk(int fd, void *to, size_t length, off_t offset, size_t room)
{
	if (length > room)
		abort();
	return pread(fd, to, length, offset);
}

/* What the driver says of a mapping, before the system makes it. */
static int check_mapping(int fd, const struct fake_buffer *buffer, size_t length, int flags,
			 off_t offset)
{
	struct cohbuf_info info;
	int error = fake_told("mmap");

	if (!error && (flags & MAP_TYPE) == MAP_PRIVATE)
		error = EINVAL;
	if (!error)
		error = fake_info(fd, buffer, &info);
	if (!error && (info.flags & COHBUF_INFO_POOL))
		error = ENODEV;
	if (!error && ((uint64_t)offset > info.size || length > info.size - offset))
		error = ENXIO;
	return error;
}

FAKE_CALL void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
	struct fake_buffer buffer;
	struct fake_file file;
	bool is_dmabuf;
	int error;

	if (fd < 0 || flags & MAP_ANONYMOUS || !fake_folder() || !fake_buffer_of(fd, &buffer))
		return (void *)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
	is_dmabuf = fake_file_get(fd, &file);
	if (is_dmabuf && ((uint64_t)offset > file.length || length > file.length - offset))
		error = EINVAL;
	else
		error = check_mapping(fd, &buffer, length, flags,
				      is_dmabuf ? file.offset + offset : (uint64_t)offset);
	fake_record(error, "mmap %s %lld %zu %d", buffer.name, (long long)offset, length,
		    protection);
	if (error) {
		errno = error;
		return MAP_FAILED;
	}
	if (is_dmabuf)
		offset += file.offset;
	return (void *)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}

FAKE_ALSO(fcntl64, fcntl);
FAKE_ALSO(pread64, pread);
FAKE_ALSO(pwrite64, pwrite);
FAKE_ALSO(__pread64_chk, __pread_chk);
FAKE_ALSO(mmap64, mmap);
