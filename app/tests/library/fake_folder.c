// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the folder of the fake says of its buffers, and what it is told. By system calls, as
 * the C library's own would come back here.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(long) == 8, "the fake is for 64-bit programs");

const char *fake_folder(void)
{
	return getenv("COHBUF_FAKE");
}

static bool exists(const char *path)
{
	int error = errno;
	bool is_there = !syscall(SYS_faccessat, AT_FDCWD, path, F_OK);

	errno = error;
	return is_there;
}

/* The bytes of a file of the folder, as many as fit: how many, or -1. errno stays. */
static long bytes_of(const char *path, void *bytes, size_t size)
{
	int error = errno, fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	long len = -1;

	if (fd >= 0) {
		len = syscall(SYS_read, fd, bytes, size);
		syscall(SYS_close, fd);
	}
	errno = error;
	return len;
}

/* The text of one, without its end of line. */
static bool text_of(const char *path, char value[64])
{
	long len = bytes_of(path, value, 63);

	if (len < 0)
		return false;
	value[len > 0 ? len : 0] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return true;
}

/* Its bytes are in dev/NAME, or in pooled/NAME.NUMBER. */
bool fake_buffer_at(const char *file, struct fake_buffer *buffer)
{
	const char *folder = fake_folder();
	size_t len = folder ? strlen(folder) : 0;
	const char *name;

	if (!len || strncmp(file, folder, len))
		return false;
	buffer->pooled = !strncmp(file + len, "/pooled/", 8);
	if (!buffer->pooled && strncmp(file + len, "/dev/", 5))
		return false;
	name = strrchr(file, '/') + 1;
	snprintf(buffer->name, sizeof(buffer->name), "%s", name);
	if (buffer->pooled)
		*strrchr(buffer->name, '.') = '\0';
	snprintf(buffer->file, sizeof(buffer->file), "%s", file);
	return true;
}

/* By its path, which dup(2), fork(2) and SCM_RIGHTS keep. */
bool fake_buffer_of(int fd, struct fake_buffer *buffer)
{
	char link[32], path[PATH_MAX];
	int error = errno;
	char *deleted;
	bool is_one;
	long len;

	if (!fake_folder())
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	deleted = strstr(path, " (deleted)");
	if (deleted)
		*deleted = '\0';
	is_one = fake_buffer_at(path, buffer);
	errno = error;
	return is_one;
}

bool fake_attribute(const char *name, const char *attribute, char value[64])
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/class/cohbuf/%s/%s", fake_folder(), name, attribute);
	return text_of(path, value);
}

bool fake_is_pool(const struct fake_buffer *buffer)
{
	char value[64];

	return !buffer->pooled && fake_attribute(buffer->name, "used", value);
}

bool fake_is_unbound(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/unbound/%s", fake_folder(), name);
	return exists(path);
}

bool fake_is_older(void)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/older", fake_folder());
	return exists(path);
}

static uint64_t number_of(const char *name, const char *attribute)
{
	char value[64];

	return fake_attribute(name, attribute, value) ? strtoull(value, NULL, 0) : 0;
}

static uint32_t memory_of(const char *name)
{
	static const char *const memories[] = {
		"coherent",
		"cached",
		"kmalloc",
		"vmalloc",
		"registers",
	};
	char value[64];

	if (!fake_attribute(name, "memory", value))
		return 0;
	for (uint32_t i = 0; i < sizeof(memories) / sizeof(memories[0]); i++)
		if (!strcmp(value, memories[i]))
			return i;
	abort();
}

static uint32_t flags_of(const struct fake_buffer *buffer)
{
	const char *name = buffer->name;
	char value[64];
	uint32_t flags = buffer->pooled ? COHBUF_INFO_POOLED : 0;

	if (number_of(name, "dma_coherent"))
		flags |= COHBUF_INFO_DMA_COHERENT;
	if (fake_attribute(name, "region", value) && value[0])
		flags |= COHBUF_INFO_REGION;
	if (fake_attribute(name, "dma_addr", value))
		flags |= COHBUF_INFO_DMA_ADDR;
	if (fake_attribute(name, "engine", value) && value[0])
		flags |= COHBUF_INFO_ENGINE;
	if (fake_attribute(name, "interrupts", value))
		flags |= COHBUF_INFO_INTERRUPT;
	if (fake_is_pool(buffer))
		flags |= COHBUF_INFO_POOL;
	return flags;
}

int fake_info(int fd, const struct fake_buffer *buffer, struct cohbuf_info *info)
{
	struct stat status;

	/* A new bind makes a new file: the old one stays dead. */
	if (syscall(SYS_fstat, fd, &status) || !status.st_nlink || fake_is_unbound(buffer->name))
		return ENODEV;
	memset(info, 0, sizeof(*info));
	info->size = buffer->pooled ? (uint64_t)status.st_size : number_of(buffer->name, "size");
	info->memory = memory_of(buffer->name);
	info->flags = flags_of(buffer);
	info->dma_bits = number_of(buffer->name, "dma_bits");
	info->cache_line = number_of(buffer->name, "cache_line");
	info->dma_addr = number_of(buffer->name, "dma_addr");
	strcpy(info->name, buffer->name);
	if (buffer->pooled && info->dma_bits) {
		info->flags |= COHBUF_INFO_DMA_ADDR;
		info->dma_addr = 0x80000000 +
				 (strtoull(strrchr(buffer->file, '.') + 1, NULL, 10) << 24);
	}
	return 0;
}

/* One more call was made: so many work before the one that fails. */
static void count_down(const char *path, int told, int after)
{
	int error = errno, fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "%d %d\n", told, after) < 0)
		abort();
	syscall(SYS_close, fd);
	errno = error;
}

/* An errno that a test wants of this call, once. */
int fake_told(const char *call)
{
	char path[PATH_MAX], value[64], *rest;
	int error, after;

	if (!fake_folder())
		return 0;
	snprintf(path, sizeof(path), "%s/fail/%s", fake_folder(), call);
	if (!text_of(path, value))
		return 0;
	error = strtol(value, &rest, 10);
	after = strtol(rest, NULL, 10);
	if (!after)
		return syscall(SYS_unlinkat, AT_FDCWD, path, 0) ? 0 : error;
	count_down(path, error, after - 1);
	return 0;
}

/* What a test has it say, once, as a file can that is not the driver's. */
void fake_lie(const char *call, void *argument, size_t size)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/lies/%s", fake_folder(), call);
	if (bytes_of(path, argument, size) >= 0)
		syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* By one write to the end, so that lines of several threads stay whole. */
void fake_record(int error, const char *format, ...)
{
	char path[PATH_MAX], line[512];
	int len, fd, saved = errno;
	va_list arguments;

	va_start(arguments, format);
	len = vsnprintf(line, sizeof(line) - 32, format, arguments);
	va_end(arguments);
	len += snprintf(line + len, 32, " = %s\n", error ? strerrorname_np(error) : "0");
	snprintf(path, sizeof(path), "%s/calls", fake_folder());
	fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || syscall(SYS_write, fd, line, len) != len)
		abort();
	syscall(SYS_close, fd);
	errno = saved;
}
