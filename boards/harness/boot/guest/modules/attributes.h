/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the processor maps a page of a buffer: what /dev/attributes tells a test.
 * The same layout for 32-bit and 64-bit programs.
 */
#ifndef _ATTRIBUTES_H
#define _ATTRIBUTES_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * enum attributes_type - memory type, as the architecture has them
 * @ATTRIBUTES_OTHER: none of the below, such as write-through, or Strongly-ordered
 * @ATTRIBUTES_DEVICE: Device-nGnRE; without LPAE Device; on RISC-V I/O
 * @ATTRIBUTES_NONCACHEABLE: Normal, non-cacheable
 * @ATTRIBUTES_WRITE_BACK: Normal, write-back cacheable
 */
enum attributes_type {
	ATTRIBUTES_OTHER,
	ATTRIBUTES_DEVICE,
	ATTRIBUTES_NONCACHEABLE,
	ATTRIBUTES_WRITE_BACK,
};

/**
 * struct attributes_alias - one of the mappings of a byte
 * @phys: physical address
 * @raw: what the type was read from: a byte as in MAIR_EL1; without LPAE the
 *	type, inner and outer policy of PRRR and NMRR, two bits each; on RISC-V the
 *	two bits of the page's entry that the extension Svpbmt defines
 * @type: one of &enum attributes_type
 */
struct attributes_alias {
	__u64 phys;
	__u32 raw;
	__u32 type;
};

/**
 * struct attributes_query - both mappings of a byte of a buffer
 * @addr: in: address in a mapping of @fd, in the calling process
 * @fd: in: open file of a buffer
 * @reserved: in: anything
 * @user: out: the mapping at @addr
 * @kernel: out: the driver's own mapping of that byte
 */
struct attributes_query {
	__u64 addr;
	__s32 fd;
	__u32 reserved;
	struct attributes_alias user;
	struct attributes_alias kernel;
};

/*
 * ATTRIBUTES_IOC_QUERY - how a byte of a buffer is mapped
 *
 * Return: 0, or -1 with errno
 *   EBADF	no open file
 *   EINVAL	no file of a buffer, or the address is not in a mapping of that file
 *   ENODEV	the buffer was unbound
 *   EFAULT	the byte is not mapped, or the argument is no memory
 */
#define ATTRIBUTES_IOC_QUERY	_IOWR(0xBD, 0x00, struct attributes_query)

#endif /* _ATTRIBUTES_H */
