// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What went wrong last, and what to do about it. Each thread has its own.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"

#define TOO_MANY_FILES	\
	"this process has as many files open as it may: close some, or raise its limit (ulimit -n)"

static __thread struct {
	char text[512];
	const char *remedy;
} last = { .remedy = "" };

/*
 * Names can have anything in them: what is said of them stays one line, and does nothing to a
 * terminal. All other characters of UTF-8 stay; those from U+0080 to U+009F are controls, too.
 */
static void replace_controls(char *text)
{
	for (unsigned char *at = (unsigned char *)text; *at; at++) {
		if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
			*at++ = '?';
		else if (*at >= ' ' && *at != 0x7f)
			continue;
		*at = '?';
	}
}

int cohbuf_fail(int error, const char *remedy, const char *text, ...)
{
	va_list args;
	size_t len;

	va_start(args, text);
	vsnprintf(last.text, sizeof(last.text), text, args);
	va_end(args);
	replace_controls(last.text);
	len = strlen(last.text);
	/* %m: strerror() may be another thread's. */
	errno = error;
	snprintf(last.text + len, sizeof(last.text) - len, ": %m: %s", remedy);
	last.remedy = remedy;
	errno = error;
	return -1;
}

const char *cohbuf_error(void)
{
	return last.text;
}

const char *cohbuf_remedy(void)
{
	return last.remedy;
}

const char *cohbuf_remedy_of_open(int error)
{
	switch (error) {
	case ENOENT:
		return "\"cohbuf list\" shows the buffers that there are, \"cohbuf doctor\" why one is missing";
	case EACCES:
	case EPERM:
		return "run this as root, or join the group that a udev rule gives the device to";
	case ENODEV:
	case ENXIO:
		return "the device was unbound from its driver: bind it again below /sys/bus/platform/drivers/cohbuf; or /sys is not mounted";
	case ENOTTY:
		return "it is no cohbuf buffer: \"cohbuf list\" shows those that there are";
	case ENOMEM:
		return "there is no memory left for a program";
	case EMFILE:
		return TOO_MANY_FILES;
	default:
		return "see open(2)";
	}
}

const char *cohbuf_remedy_of_name(const char *name, int error)
{
	if (error == ENOTTY && !strchr(name, '/'))
		return "it is no cohbuf buffer: something else has this name below /dev; give the name of a buffer, or change the label of the node that was to have it";
	return cohbuf_remedy_of_open(error);
}

const char *cohbuf_remedy_of_call(const struct cohbuf_buffer *buffer, int error)
{
	switch (error) {
	case ENODEV:
		return "the device was unbound from its driver meanwhile: bind it again and start over";
	case ENXIO:
		return "the range is outside the buffer: \"cohbuf info\" has its size";
	case ENOSPC:
		return "that is the end of the buffer: give an offset and a length inside it";
	case EBADF:
	case EACCES:
		return "the buffer is not open for that: open it with O_RDWR";
	case ENOTTY:
		if (cohbuf_is_pool(buffer))
			return "it is a pool, and has no bytes of its own: take a buffer from it, by cohbuf_alloc()";
		return "the loaded driver is older than this: install the driver that came with it";
	case EMFILE:
		return TOO_MANY_FILES;
	case EFAULT:
		return "the program gave an address that is none of its memory";
	case EINTR:
		return "a signal came: call it again";
	default:
		return "\"dmesg | grep cohbuf\" may have more";
	}
}

const char *cohbuf_remedy_of_copy(const struct cohbuf_buffer *buffer, int error)
{
	switch (error) {
	case EOPNOTSUPP:
		if (!buffer->info.dma_bits)
			return "no device sees it, so that no DMA controller can copy in it: take a buffer whose cohbuf,memory is \"coherent\", \"cached\" or \"kmalloc\"";
		return "its node names no DMA controller: add dmas and dma-names = \"memcpy\" to it";
	case EIO:
		return "the controller reported an error: it got an address that it cannot reach (dma-ranges of its bus, cohbuf,dma-bits), or a length that it cannot do; see dmesg";
	case ETIMEDOUT:
		return "the controller did not say that it was done: its interrupt or its clock is missing or wrong in the devicetree, the channel does not exist in the hardware, or the time limit is too short for the length, or for another copy of this buffer that came first";
	case EINVAL:
		return "the two ranges overlap or are empty, or the controller cannot do this alignment: make both offsets and the length multiples of 4, 8, 16 ... until it can";
	case EINTR:
		return "a signal stopped it; part of the target may have been written";
	case ENODEV:
		return "the device was unbound from its driver, or its controller was: bind them again below /sys/bus/platform/drivers";
	default:
		return cohbuf_remedy_of_call(buffer, error);
	}
}
