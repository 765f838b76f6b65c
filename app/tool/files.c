// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf load, cohbuf save: between a buffer and a file or a pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "handover.h"
#include "registers.h"

#define BLOCK	(64 << 10)

#define HELP_OF_RANGE								\
	"  --offset BYTES        where in the buffer to start (0); decimal, 0x..., or\n" \
	"                        with K, M or G\n"					\
	"  --length BYTES        how many (up to the end)\n"

static const char help_load[] =
	"Usage: cohbuf load NAME FILE [OPTION]...\n"
	"Write the bytes of FILE to the buffer NAME. FILE - is standard input.\n"
	"\n"
	"A FILE that is larger than the place for it is refused before anything is\n"
	"written; of a pipe that shows only at the end, and is an error then. With\n"
	"--length a FILE that is shorter is an error as well.\n"
	"\n"
	"Memory that has to be handed over (\"cohbuf info\") is handed to the device at the\n"
	"end. Registers of a device are refused.\n"
	"\n" HELP_OF_RANGE;

static const char help_save[] =
	"Usage: cohbuf save NAME FILE [OPTION]...\n"
	"Write the bytes of the buffer NAME to FILE. FILE - is standard output.\n"
	"\n"
	"Memory that has to be handed over (\"cohbuf info\") is handed to the CPU first, by\n"
	"who may write to the buffer. Registers of a device are refused.\n"
	"\n" HELP_OF_RANGE;

/* As much as there is, up to @size: a pipe gives less at a time. */
static ssize_t read_block(int fd, char *block, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t len = read(fd, block + done, size - done);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -1;
		if (!len)
			break;
		done += len;
	}
	return done;
}

static int write_block(int fd, const char *block, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t len = write(fd, block + done, size - done);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -1;
		done += len;
	}
	return 0;
}

/* What the file's size tells before anything is written. */
static bool file_fits(const struct range *range, int fd, const char *file)
{
	struct stat status;
	uint64_t size;
	off_t at;

	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		return true;
	at = lseek(fd, 0, SEEK_CUR);
	size = at > 0 && at < status.st_size ? status.st_size - at : status.st_size;
	/* With --length the rest of a larger file is left alone. */
	if (size < range->length ? range->has_length : size > range->length && !range->has_length) {
		complain("\"%s\" has %" PRIu64 " bytes, and %" PRIu64 " were to be loaded: nothing was written; give --length",
			 file, size, range->length);
		return false;
	}
	return true;
}

static int load_range(const struct target *target, const struct range *range, int fd,
		      const char *file)
{
	char block[BLOCK], more;
	uint64_t done = 0;

	while (done < range->length) {
		size_t want = range->length - done < BLOCK ? range->length - done : BLOCK;
		ssize_t len = read_block(fd, block, want);

		if (len < 0)
			return complain("reading \"%s\": %s; %" PRIu64 " bytes were loaded",
					file, strerror(errno), done);
		if (cohbuf_write(target->buffer, block, range->offset + done, len))
			return complain("%s; %" PRIu64 " bytes were loaded before", cohbuf_error(), done);
		done += len;
		if ((size_t)len < want)
			break;
	}
	if (done < range->length && range->has_length)
		return complain("\"%s\" ended after %" PRIu64 " of %" PRIu64 " bytes, which were loaded: give a smaller --length",
				file, done, range->length);
	if (!range->has_length && read_block(fd, &more, 1) > 0)
		return complain("\"%s\" has more bytes than the %" PRIu64 " that fit, which were loaded: give --length to leave the rest",
				file, range->length);
	return STATUS_OK;
}

static int save_range(const struct target *target, const struct range *range, int fd,
		      const char *file)
{
	char block[BLOCK];
	uint64_t done = 0;

	while (done < range->length) {
		size_t len = range->length - done < BLOCK ? range->length - done : BLOCK;

		if (cohbuf_read(target->buffer, block, range->offset + done, len))
			return complain("%s; \"%s\" is not complete", cohbuf_error(), file);
		if (write_block(fd, block, len))
			return complain("writing to \"%s\": %s; it is not complete: make room, or give a smaller --length",
					file, strerror(errno));
		done += len;
	}
	return STATUS_OK;
}

static int load(const struct target *target, const struct range *range, const char *file)
{
	bool is_stdin = !strcmp(file, "-");
	int fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	int status = STATUS_FAILED;

	if (fd < 0)
		return complain("cannot open \"%s\": %s", file, strerror(errno));
	if (file_fits(range, fd, file) && handover_to_cpu(target, range)) {
		status = load_range(target, range, fd, file);
		/* Also where it ended early: part of it was written. */
		if (!handover_to_device(target, range))
			status = STATUS_FAILED;
	}
	if (!is_stdin)
		close(fd);
	return status;
}

static int save(const struct target *target, const struct range *range, const char *file)
{
	bool is_stdout = !strcmp(file, "-");
	int fd = is_stdout ? STDOUT_FILENO :
			     open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int status;

	if (fd < 0)
		return complain("cannot create \"%s\": %s", file, strerror(errno));
	status = handover_to_cpu(target, range) ? save_range(target, range, fd, file) :
						  STATUS_FAILED;
	/* Some file systems say only now that there was no room. */
	if (!is_stdout && close(fd) && status == STATUS_OK)
		status = complain("writing to \"%s\": %s; it is not complete", file,
				  strerror(errno));
	return status;
}

static int run_transfer(const struct command *command, int argc, char **argv)
{
	bool loads = command == &command_load;
	struct range range = {};
	struct target target;
	int status;

	if (!take_range_and_arguments(command, argc, argv, 2, &range, &status))
		return status;
	if (loads ? !target_open(&target, argv[optind], O_WRONLY) :
		    !target_open_to_read(&target, argv[optind]))
		return STATUS_FAILED;
	status = STATUS_FAILED;
	if (target_is_memory(&target, loads ? "\"cohbuf fill\" writes one that you name" :
					      "\"cohbuf dump\" reads those that you name") &&
	    target_range(&target, &range))
		status = (loads ? load : save)(&target, &range, argv[optind + 1]);
	target_close(&target);
	return status;
}

const struct command command_load = {
	.name = "load",
	.summary = "write a file to a buffer",
	.help = help_load,
	.run = run_transfer,
};

const struct command command_save = {
	.name = "save",
	.summary = "write a buffer to a file",
	.help = help_save,
	.run = run_transfer,
};
