// SPDX-License-Identifier: GPL-2.0-only
/*
 * One copy by a DMA engine; see engine.h.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include "engine.h"

int engine_copy(int fd, struct cohbuf_copy *copy)
{
	int ret;

	/*
	 * What was written through a mapping goes first, and nothing is read early.
	 * The doorbell itself is the controller's driver's, and has its barrier there.
	 */
	__sync_synchronize();
	ret = ioctl(fd, COHBUF_IOC_COPY, copy);
	__sync_synchronize();
	return ret;
}

const char *engine_meaning(int error)
{
	switch (error) {
	case EOPNOTSUPP:
		return "its node names no DMA controller: add dmas and dma-names = \"memcpy\" to it";
	case EIO:
		return "the controller reported an error: it got an address that it cannot reach (dma-ranges of its bus, cohbuf,dma-bits), or a length that it cannot do; see dmesg";
	case ETIMEDOUT:
		return "the controller did not say that it was done: its interrupt or its clock is missing or wrong in the devicetree, the channel does not exist in the hardware, or --timeout is too short for the length, or for another copy of this buffer that came first";
	case EINVAL:
		return "the controller cannot do this alignment: make --from, --to and --length multiples of 4, 8, 16 ... until it can";
	case ENXIO:
		return "the range is outside the buffer: \"cohbuf info\" has its size";
	case EINTR:
		return "a signal stopped it; part of the target may have been written";
	case ENODEV:
		return "the device was unbound from its driver, or its controller was: bind them again below /sys/bus/platform/drivers";
	case EBADF:
		return "the file is not open for both reading and writing";
	case ENOTTY:
		return "the loaded driver is older than this tool and cannot copy: install the driver that came with it";
	default:
		return "see docs/abi.md, COHBUF_IOC_COPY";
	}
}
