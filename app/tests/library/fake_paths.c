// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C library's calls that take a path: what the fake has of /dev, of sysfs and of the
 * devicetree leads into its folder.
 */
#include "fake.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && (!path[len] || path[len] == '/');
}

/* The path to go by: @path itself, or that of the folder, in @real. */
static const char *led(const char *path, char real[PATH_MAX])
{
	int error = errno;
	bool is_ours, is_there;

	if (!fake_folder() || !path ||
	    snprintf(real, PATH_MAX, "%s%s", fake_folder(), path) >= PATH_MAX)
		return path;
	is_ours = is_below(path, "/sys/class/cohbuf") || is_below(path, "/sys/firmware/devicetree");
	/* Other devices are the machine's. */
	is_there = (is_below(path, "/dev") || is_below(path, "/sys/dev/char") ||
		    is_below(path, "/sys/devices")) &&
		   !syscall(SYS_faccessat, AT_FDCWD, real, F_OK) && strcmp(path, "/dev");
	errno = error;
	return is_ours || is_there ? real : path;
}

static int fail(int error)
{
	errno = error;
	return -1;
}

/* A character device, of the number that sysfs has. */
static void disguise(const struct fake_buffer *buffer, struct stat *status)
{
	unsigned int major = 0, minor = 0;
	char value[64];

	if (fake_attribute(buffer->name, "dev", value))
		sscanf(value, "%u:%u", &major, &minor);
	status->st_mode = S_IFCHR | (status->st_mode & 07777);
	status->st_rdev = makedev(major, minor);
	status->st_size = 0;
	status->st_blocks = 0;
}

static int open_buffer(const struct fake_buffer *buffer, int flags)
{
	struct stat status;
	int error = fake_told("open");
	int fd = -1;

	if (!error && syscall(SYS_newfstatat, AT_FDCWD, buffer->file, &status, 0))
		error = errno;
	/* Of the owner, also where that is root. */
	if (!error && (flags & O_ACCMODE) != O_WRONLY && !(status.st_mode & 0400))
		error = EACCES;
	if (!error && (flags & O_ACCMODE) != O_RDONLY && !(status.st_mode & 0200))
		error = EACCES;
	if (!error && fake_is_unbound(buffer->name))
		error = ENXIO;
	if (!error) {
		fd = syscall(SYS_openat, AT_FDCWD, buffer->file,
			     flags & ~(O_CREAT | O_TRUNC | O_APPEND));
		error = fd < 0 ? errno : 0;
	}
	fake_record(error, "open %s %d", buffer->name, flags & O_ACCMODE);
	return error ? fail(error) : fd;
}

static int open_path(int dir, const char *path, int flags, mode_t mode)
{
	struct fake_buffer buffer;
	char real[PATH_MAX];
	const char *to = led(path, real);

	if (to != path && is_below(path, "/dev") && fake_buffer_at(to, &buffer))
		return open_buffer(&buffer, flags);
	return syscall(SYS_openat, dir, to, flags, mode);
}

#define MODE(flags, last) ({							\
	mode_t mode = 0;							\
	if ((flags) & (O_CREAT | __O_TMPFILE)) {				\
		va_list arguments;						\
		va_start(arguments, last);					\
		mode = va_arg(arguments, mode_t);				\
		va_end(arguments);						\
	}									\
	mode;									\
})

FAKE_CALL int open(const char *path, int flags, ...)
{
	return open_path(AT_FDCWD, path, flags, MODE(flags, flags));
}

FAKE_CALL int openat(int dir, const char *path, int flags, ...)
{
	return open_path(dir, path, flags, MODE(flags, flags));
}

/* What a program calls that was built with checks of the C library. */
FAKE_CALL int __open_2(const char *path, int flags)
{
	return open_path(AT_FDCWD, path, flags, 0);
}

FAKE_CALL int __openat_2(int dir, const char *path, int flags)
{
	return open_path(dir, path, flags, 0);
}

static int status_of(int dir, const char *path, struct stat *status, int flags)
{
	struct fake_buffer buffer;
	char real[PATH_MAX];
	const char *to = led(path, real);

	if (syscall(SYS_newfstatat, dir, to, status, flags))
		return -1;
	if (to != path && is_below(path, "/dev") && fake_buffer_at(to, &buffer))
		disguise(&buffer, status);
	return 0;
}

static int status_of_file(int fd, struct stat *status)
{
	struct fake_buffer buffer;

	if (syscall(SYS_fstat, fd, status))
		return -1;
	if (fake_buffer_of(fd, &buffer))
		disguise(&buffer, status);
	return 0;
}

FAKE_CALL int stat(const char *path, struct stat *status)
{
	return status_of(AT_FDCWD, path, status, 0);
}

FAKE_CALL int lstat(const char *path, struct stat *status)
{
	return status_of(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

FAKE_CALL int fstatat(int dir, const char *path, struct stat *status, int flags)
{
	if (!path[0] && (flags & AT_EMPTY_PATH))
		return status_of_file(dir, status);
	return status_of(dir, path, status, flags);
}

FAKE_CALL int fstat(int fd, struct stat *status)
{
	return status_of_file(fd, status);
}

/* Of programs that were built before glibc 2.33. */
int __xstat(int version, const char *path, struct stat *status);
int __lxstat(int version, const char *path, struct stat *status);
int __fxstat(int version, int fd, struct stat *status);
int __fxstatat(int version, int dir, const char *path, struct stat *status, int flags);

FAKE_CALL int __xstat(int version, const char *path, struct stat *status)
{
	(void)version;
	return stat(path, status);
}

FAKE_CALL int __lxstat(int version, const char *path, struct stat *status)
{
	(void)version;
	return lstat(path, status);
}

FAKE_CALL int __fxstat(int version, int fd, struct stat *status)
{
	(void)version;
	return fstat(fd, status);
}

FAKE_CALL int __fxstatat(int version, int dir, const char *path, struct stat *status, int flags)
{
	(void)version;
	return fstatat(dir, path, status, flags);
}

/* The driver's name for its files of events. */
static bool is_events(const char *path)
{
	struct fake_file file;
	int fd;

	return sscanf(path, "/proc/thread-self/fd/%d", &fd) == 1 && fake_file_get(fd, &file) &&
	       file.kind == FAKE_EVENTS;
}

FAKE_CALL ssize_t readlinkat(int dir, const char *path, char *target, size_t size)
{
	static const char events[] = "anon_inode:[cohbuf-events]";
	char real[PATH_MAX];
	int error = is_below(path, "/proc/thread-self") ? fake_told("proc") : 0;

	if (error)
		return fail(error);
	if (is_events(path)) {
		size = size < sizeof(events) - 1 ? size : sizeof(events) - 1;
		memcpy(target, events, size);
		return size;
	}
	return syscall(SYS_readlinkat, dir, led(path, real), target, size);
}

FAKE_CALL ssize_t readlink(const char *path, char *target, size_t size)
{
	return readlinkat(AT_FDCWD, path, target, size);
}

ssize_t __readlink_chk(const char *path, char *target, size_t size, size_t room);
FAKE_CALL ssize_t __readlink_chk(const char *path, char *target, size_t size, size_t room)
{
	if (size > room)
		abort();
	return readlink(path, target, size);
}

FAKE_CALL int access(const char *path, int mode)
{
	char real[PATH_MAX];

	return syscall(SYS_faccessat, AT_FDCWD, led(path, real), mode);
}

FAKE_CALL DIR *opendir(const char *path)
{
	char real[PATH_MAX];
	int fd = syscall(SYS_openat, AT_FDCWD, led(path, real),
			 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !dir)
		syscall(SYS_close, fd);
	return dir;
}

FAKE_CALL struct dirent *readdir(DIR *dir)
{
	__typeof__(readdir) *real_one = dlsym(RTLD_NEXT, "readdir");
	int error = fake_told("readdir");

	if (!error)
		return real_one(dir);
	errno = error;
	return NULL;
}

/* A program sees where it would be without the folder. */
FAKE_CALL char *realpath(const char *path, char *resolved)
{
	char *(*real_one)(const char *path, char *resolved) = dlsym(RTLD_NEXT, "realpath");
	char real[PATH_MAX], folder[PATH_MAX];
	const char *to = led(path, real);
	char *found = real_one(to, resolved);
	size_t len;

	if (!found || to == path || !real_one(fake_folder(), folder))
		return found;
	len = strlen(folder);
	if (is_below(found, folder))
		memmove(found, found + len, strlen(found) - len + 1);
	return found;
}

char *__realpath_chk(const char *path, char *resolved, size_t room);
FAKE_CALL char *__realpath_chk(const char *path, char *resolved, size_t room)
{
	if (room < PATH_MAX)
		abort();
	return realpath(path, resolved);
}

_Static_assert(sizeof(struct dirent) == sizeof(struct dirent64), "one is the other");
FAKE_ALSO(readdir64, readdir);
FAKE_ALSO(open64, open);
FAKE_ALSO(openat64, openat);
FAKE_ALSO(__open64_2, __open_2);
FAKE_ALSO(__openat64_2, __openat_2);
FAKE_ALSO(stat64, stat);
FAKE_ALSO(lstat64, lstat);
FAKE_ALSO(fstat64, fstat);
FAKE_ALSO(fstatat64, fstatat);
FAKE_ALSO(__xstat64, __xstat);
FAKE_ALSO(__lxstat64, __lxstat);
FAKE_ALSO(__fxstat64, __fxstat);
FAKE_ALSO(__fxstatat64, __fxstatat);
