// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of driver/include/uapi/linux/cohbuf.h, with the errors of docs/abi.md, in the
 * order in which the driver looks for them.
 */
#include "fake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static bool is_zero(const void *memory, size_t length)
{
	for (const char *at = memory; length; at++, length--)
		if (*at)
			return false;
	return true;
}

static int mode_of(int fd)
{
	return syscall(SYS_fcntl, fd, F_GETFL) & O_ACCMODE;
}

static bool is_inside(uint64_t offset, uint64_t length, const struct cohbuf_info *info)
{
	return offset <= info->size && length <= info->size - offset;
}

static int ioctl_info(int fd, const struct fake_buffer *buffer, struct cohbuf_info *info)
{
	int error = fake_told("info");

	if (!error)
		error = fake_info(fd, buffer, info);
	if (!error)
		fake_lie("info", info, sizeof(*info));
	fake_record(error, "info %s", buffer->name);
	return error;
}

static int sync_range(int fd, const struct fake_buffer *buffer, const struct cohbuf_sync *sync)
{
	struct cohbuf_info info;
	int error = fake_told("sync");

	if (error)
		return error;
	if (sync->direction > COHBUF_SYNC_FROM_DEVICE ||
	    (sync->owner != COHBUF_SYNC_FOR_CPU && sync->owner != COHBUF_SYNC_FOR_DEVICE) ||
	    !is_zero(sync->reserved, sizeof(sync->reserved)))
		return EINVAL;
	if (sync->direction != COHBUF_SYNC_TO_DEVICE && mode_of(fd) == O_RDONLY)
		return EBADF;
	error = fake_info(fd, buffer, &info);
	if (!error && !sync->length)
		error = EINVAL;
	if (!error && !is_inside(sync->offset, sync->length, &info))
		error = ENXIO;
	return error;
}

static int ioctl_sync(int fd, const struct fake_buffer *buffer, const struct cohbuf_sync *sync)
{
	int error = sync_range(fd, buffer, sync);

	fake_record(error, "sync %s %llu %llu %u %u", buffer->name, sync->offset, sync->length,
		    sync->direction, sync->owner);
	return error;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int check_copy(int fd, const struct fake_buffer *buffer, struct cohbuf_copy *copy,
		      struct cohbuf_info *info)
{
	int error;

	if (mode_of(fd) != O_RDWR)
		return EBADF;
	if (copy->flags || copy->timeout_ms > COHBUF_COPY_TIMEOUT_MAX ||
	    !is_zero(copy->reserved, sizeof(copy->reserved)))
		return EINVAL;
	copy->duration_ns = 0;
	copy->transfers = 0;
	memset(copy->engine, 0, sizeof(copy->engine));
	error = fake_info(fd, buffer, info);
	if (error)
		return error;
	if (!copy->length)
		return EINVAL;
	if (!is_inside(copy->src, copy->length, info) || !is_inside(copy->dst, copy->length, info))
		return ENXIO;
	if (copy->src < copy->dst + copy->length && copy->dst < copy->src + copy->length)
		return EINVAL;
	if (!(info->flags & COHBUF_INFO_ENGINE))
		return EOPNOTSUPP;
	fake_attribute(buffer->name, "engine", copy->engine);
	return 0;
}

/* By a mapping of the file, as an engine does not go by the program's. */
static int move(int fd, const struct cohbuf_copy *copy, uint64_t size)
{
	void *memory = (void *)syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
				       0);

	if (memory == MAP_FAILED)
		return EIO;
	memcpy((char *)memory + copy->dst, (char *)memory + copy->src, copy->length);
	munmap(memory, size);
	return 0;
}

static int ioctl_copy(int fd, const struct fake_buffer *buffer, struct cohbuf_copy *copy)
{
	uint32_t limit = copy->timeout_ms;
	uint64_t start = now_ns();
	struct cohbuf_info info;
	int error = check_copy(fd, buffer, copy, &info);

	if (!error)
		error = fake_told("copy");
	if (!error)
		error = move(fd, copy, info.size);
	if (!error) {
		copy->transfers = 1;
		copy->duration_ns = now_ns() - start;
		fake_lie("copy", copy, sizeof(*copy));
	}
	fake_record(error, "copy %s %llu %llu %llu %u", buffer->name, copy->src, copy->dst,
		    copy->length, limit);
	return error;
}

static int export_range(int fd, const struct fake_buffer *buffer, struct cohbuf_export *export)
{
	int mode = export->flags & O_ACCMODE;
	uint64_t page = sysconf(_SC_PAGESIZE);
	struct fake_file file = { .kind = FAKE_DMABUF };
	struct cohbuf_info info;
	char path[32];
	int error;

	if ((export->flags & ~(O_ACCMODE | O_CLOEXEC)) || (mode != O_RDONLY && mode != O_RDWR) ||
	    !is_zero(export->reserved, sizeof(export->reserved)))
		return EINVAL;
	if (mode_of(fd) == O_WRONLY || (mode == O_RDWR && mode_of(fd) != O_RDWR))
		return EBADF;
	error = fake_info(fd, buffer, &info);
	if (error)
		return error;
	if (!export->length || export->length % page || export->offset % page)
		return EINVAL;
	if (!is_inside(export->offset, export->length, &info))
		return ENXIO;
	if (info.memory == COHBUF_MEMORY_VMALLOC || info.memory == COHBUF_MEMORY_REGISTERS)
		return EOPNOTSUPP;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file.fd = syscall(SYS_openat, AT_FDCWD, path, export->flags);
	if (file.fd < 0)
		return errno;
	strcpy(file.name, buffer->name);
	file.offset = export->offset;
	file.length = export->length;
	export->fd = fake_file_add(&file);
	return export->fd < 0 ? errno : 0;
}

static int ioctl_export(int fd, const struct fake_buffer *buffer, struct cohbuf_export *export)
{
	int error = fake_told("export");

	if (!error)
		error = export_range(fd, buffer, export);
	fake_record(error, "export %s %llu %llu %u", buffer->name, export->offset, export->length,
		    export->flags & O_ACCMODE);
	return error;
}

static int ioctl_events(int fd, const struct fake_buffer *buffer, struct cohbuf_events *events)
{
	int error = fake_told("events");

	if (!error)
		error = fake_events(fd, buffer, events);
	fake_record(error, "events %s %u", buffer->name, events->source);
	return error;
}

/*
 * What a buffer of the pool takes of the quota; 0 where nobody has it any more, neither its
 * file nor a mapping: then there is no lock on it.
 */
static uint64_t taken_by(const char *path)
{
	int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	uint64_t size = 0;

	if (fd < 0)
		return 0;
	if (flock(fd, LOCK_EX | LOCK_NB))
		size = lseek(fd, 0, SEEK_END);
	else
		syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	syscall(SYS_close, fd);
	return size;
}

static uint64_t used_of(const struct fake_buffer *pool, unsigned int *number)
{
	size_t len = strlen(pool->name);
	struct dirent *entry;
	char path[PATH_MAX];
	uint64_t used = 0;
	DIR *dir;

	*number = 0;
	snprintf(path, sizeof(path), "%s/pooled", fake_folder());
	dir = opendir(path);
	if (!dir)
		abort();
	while ((entry = readdir(dir))) {
		unsigned int this;

		if (strncmp(entry->d_name, pool->name, len) || entry->d_name[len] != '.')
			continue;
		this = atoi(entry->d_name + len + 1);
		*number = this >= *number ? this + 1 : *number;
		snprintf(path, sizeof(path), "%s/pooled/%s", fake_folder(), entry->d_name);
		used += taken_by(path);
	}
	closedir(dir);
	return used;
}

static int make_buffer(int fd, const struct fake_buffer *pool, struct cohbuf_alloc *alloc)
{
	uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t size = (alloc->size + page - 1) / page * page;
	struct cohbuf_info info;
	unsigned int number;
	char path[PATH_MAX];
	int error;

	if (mode_of(fd) != O_RDWR)
		return EBADF;
	if (!alloc->size || (alloc->flags & ~O_CLOEXEC) ||
	    !is_zero(alloc->reserved, sizeof(alloc->reserved)))
		return EINVAL;
	error = fake_info(fd, pool, &info);
	if (error)
		return error;
	if (alloc->size > info.size || size > info.size - used_of(pool, &number))
		return EDQUOT;
	snprintf(path, sizeof(path), "%s/pooled/%s.%u", fake_folder(), pool->name, number);
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | alloc->flags, 0600);
	if (fd < 0)
		return errno;
	if (ftruncate(fd, size) || flock(fd, LOCK_SH)) {
		error = errno;
		syscall(SYS_close, fd);
		return error;
	}
	alloc->fd = fd;
	return 0;
}

static int ioctl_alloc(int fd, const struct fake_buffer *buffer, struct cohbuf_alloc *alloc)
{
	int error = fake_told("alloc");

	if (!error)
		error = make_buffer(fd, buffer, alloc);
	fake_record(error, "alloc %s %llu", buffer->name, alloc->size);
	return error;
}

int fake_ioctl(int fd, const struct fake_buffer *buffer, unsigned long command, void *argument)
{
	if (command == COHBUF_IOC_INFO)
		return ioctl_info(fd, buffer, argument);
	if (fake_is_pool(buffer))
		return command == COHBUF_IOC_ALLOC ? ioctl_alloc(fd, buffer, argument) : ENOTTY;
	if (fake_is_older() && command != COHBUF_IOC_COPY)
		return ENOTTY;
	switch (command) {
	case COHBUF_IOC_COPY:
		return ioctl_copy(fd, buffer, argument);
	case COHBUF_IOC_SYNC:
		return ioctl_sync(fd, buffer, argument);
	case COHBUF_IOC_EXPORT:
		return ioctl_export(fd, buffer, argument);
	case COHBUF_IOC_EVENTS:
		return ioctl_events(fd, buffer, argument);
	default:
		return ENOTTY;
	}
}
