// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_mmap - share a page of memory with the kernel.
 *
 * The device is a DMA buffer that a devicetree node describes. This program
 * maps its first page, prints the text that the kernel left there, and leaves
 * a text of its own. It needs no header but those of the C library.
 *
 *   test_mmap			maps /dev/mmapdemo
 *   test_mmap /dev/plain	maps another buffer
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEFAULT_DEVICE	"/dev/mmapdemo"
#define MAP_LENGTH	4096

static const char message[] = "Modified by user-space";

/* What to do about an error: the reader should not need a search engine. */
static const char *remedy_of_open(int error)
{
	switch (error) {
	case ENOENT:
		return "is the module loaded (\"modprobe cohbuf\"), and does the devicetree have an enabled node with this label? \"dmesg | grep cohbuf\" tells why a node was refused";
	case EACCES:
	case EPERM:
		return "run this as root, or join the group that the udev rule gives the device to";
	case ENODEV:
	case ENXIO:
		return "the device was unbound from its driver: bind it again below /sys/bus/platform/drivers/cohbuf";
	default:
		return "see open(2)";
	}
}

static const char *remedy_of_mmap(int error)
{
	switch (error) {
	case ENXIO:
		return "the buffer is smaller than what was asked for: see cohbuf,size in the devicetree";
	case ENODEV:
		return "the device was unbound from its driver, or it is no cohbuf device";
	case EACCES:
	case EINVAL:
		return "is this a cohbuf device?";
	default:
		return "see mmap(2)";
	}
}

/* Print what the kernel wrote, then write something for the kernel. */
static void exchange(char *memory)
{
	/* Nobody promises a NUL: print what is mapped at most. */
	printf("Data read from kernel: %.*s\n", MAP_LENGTH, memory);

	/* sizeof() counts the terminating NUL, which belongs to the text. */
	memcpy(memory, message, sizeof(message));
	printf("Data written to shared memory.\n");
}

static int test_mmap(const char *device)
{
	char *memory;
	int status = 0;
	int fd;

	fd = open(device, O_RDWR);
	if (fd < 0) {
		fprintf(stderr, "test_mmap: cannot open %s: %s: %s\n", device,
			strerror(errno), remedy_of_open(errno));
		return 1;
	}

	/*
	 * MAP_SHARED, because the memory is to be shared: a private mapping
	 * would be a copy of our own, and the driver refuses it.
	 */
	memory = mmap(NULL, MAP_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		fprintf(stderr, "test_mmap: cannot map %d bytes of %s: %s: %s\n",
			MAP_LENGTH, device, strerror(errno), remedy_of_mmap(errno));
		close(fd);
		return 1;
	}

	exchange(memory);

	if (munmap(memory, MAP_LENGTH)) {
		perror("test_mmap: munmap");
		status = 1;
	}
	if (close(fd)) {
		perror("test_mmap: close");
		status = 1;
	}
	return status;
}

static int usage(FILE *out, int status)
{
	fprintf(out,
		"usage: test_mmap [DEVICE]\n"
		"\n"
		"Map the first %d bytes of DEVICE, print the text that the kernel left\n"
		"there, and write a text back. DEVICE is " DEFAULT_DEVICE " by default.\n"
		"\n"
		"Exit status: 0 done, 1 error, 2 wrong usage.\n",
		MAP_LENGTH);
	return status;
}

int main(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : DEFAULT_DEVICE;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return usage(stdout, 0);
	if (argc > 2 || device[0] == '-' || device[0] == '\0')
		return usage(stderr, 2);
	return test_mmap(device);
}
