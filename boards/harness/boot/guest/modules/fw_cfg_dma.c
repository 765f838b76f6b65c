// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's fw_cfg device as a DMA controller, for the "virt" machines, which have no
 * other. Debian's qemu_fw_cfg must not be bound to it.
 *
 * The device moves bytes between guest memory and "files". A copy is two moves: from
 * memory into a file that the guest may write, and from the file to memory. QEMU
 * does both at the addresses it is given; the CPU never touches the bytes.
 *
 * The file is "etc/vmcoreinfo", 16 bytes, there with "-device vmcoreinfo". QEMU
 * looks at its contents in one case only, when told to dump the guest's memory, so
 * any bytes may be put there. "etc/ramfb" has 28, but is the set-up of a screen:
 * the wrong bytes make QEMU map memory and draw it.
 *
 * The interface: docs/specs/fw_cfg.txt of QEMU.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "copy_engine.h"

/* Lower half of the address of a move, big endian; writing it starts the move. */
#define FW_CFG_ADDR_LO		0x14

#define FW_CFG_DMA_ERROR	BIT(0)
#define FW_CFG_DMA_READ		BIT(1)
#define FW_CFG_DMA_SELECT	BIT(3)
#define FW_CFG_DMA_WRITE	BIT(4)
#define FW_CFG_KEY_SHIFT	16

#define FW_CFG_KEY_DIRECTORY	0x19

#define FW_CFG_FILE		"etc/vmcoreinfo"
#define FW_CFG_FILE_SIZE	16
#define FW_CFG_TIMEOUT_US	1000

COPY_ENGINE_FAULTS(fw_cfg_faults);

/* What a move is; big endian. */
struct fw_cfg_access {
	__be32 control;
	__be32 length;
	__be64 address;
};

/* An entry of the directory; a count of them comes first. */
struct fw_cfg_entry {
	__be32 size;
	__be16 key;
	__be16 reserved;
	char name[56];
};

/* In memory of its own, that the device sees. */
struct fw_cfg_shared {
	struct fw_cfg_access access;
	union {
		__be32 count;
		struct fw_cfg_entry entry;
	};
};

/**
 * struct fw_cfg - the device
 * @base: its registers
 * @shared: memory that the device sees
 * @shared_dma: where it sees it
 * @key: of the file that the bytes go through
 */
struct fw_cfg {
	void __iomem *base;
	struct fw_cfg_shared *shared;
	dma_addr_t shared_dma;
	u16 key;
};

/*
 * One move. The device starts at the head of a file that is selected. QEMU has done
 * it by the end of the write; the loop is for a device that has not.
 */
static int fw_cfg_move(struct fw_cfg *fw, u32 control, dma_addr_t addr, u32 len)
{
	struct fw_cfg_access *access = &fw->shared->access;
	unsigned int us;

	access->length = cpu_to_be32(len);
	access->address = cpu_to_be64(addr);
	access->control = cpu_to_be32(control);

	/* Waits for the stores above. The upper half is zero: see the mask. */
	iowrite32be(lower_32_bits(fw->shared_dma), fw->base + FW_CFG_ADDR_LO);

	for (us = 0; us < FW_CFG_TIMEOUT_US; us++) {
		control = be32_to_cpu(READ_ONCE(access->control));
		if (!(control & ~FW_CFG_DMA_ERROR))
			break;
		udelay(1);
	}
	dma_rmb();
	return control ? -EIO : 0;
}

static u32 fw_cfg_select(u16 key)
{
	return key << FW_CFG_KEY_SHIFT | FW_CFG_DMA_SELECT;
}

static enum dmaengine_tx_result fw_cfg_copy(void *arg, dma_addr_t dst, dma_addr_t src,
					    size_t len)
{
	struct fw_cfg *fw = arg;
	u32 select = fw_cfg_select(fw->key);

	if (fw_cfg_move(fw, select | FW_CFG_DMA_WRITE, src, len))
		return DMA_TRANS_READ_FAILED;
	if (fw_cfg_move(fw, select | FW_CFG_DMA_READ, dst, len))
		return DMA_TRANS_WRITE_FAILED;
	return DMA_TRANS_NOERROR;
}

static const struct copy_engine_ops fw_cfg_ops = {
	.piece = FW_CFG_FILE_SIZE,
	.copy = fw_cfg_copy,
};

/* Look the file up in the directory, an entry at a time. */
static int fw_cfg_find_file(struct fw_cfg *fw)
{
	dma_addr_t count_dma = fw->shared_dma + offsetof(struct fw_cfg_shared, count);
	const struct fw_cfg_entry *entry = &fw->shared->entry;
	u32 count;
	int ret;

	ret = fw_cfg_move(fw, fw_cfg_select(FW_CFG_KEY_DIRECTORY) | FW_CFG_DMA_READ,
			  count_dma, sizeof(fw->shared->count));
	for (count = be32_to_cpu(fw->shared->count); !ret && count; count--) {
		ret = fw_cfg_move(fw, FW_CFG_DMA_READ, count_dma, sizeof(*entry));
		if (!ret && !strncmp(entry->name, FW_CFG_FILE, sizeof(entry->name)) &&
		    be32_to_cpu(entry->size) == FW_CFG_FILE_SIZE) {
			fw->key = be16_to_cpu(entry->key);
			return 0;
		}
	}
	return ret ?: -ENOENT;
}

static int fw_cfg_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct fw_cfg *fw;
	int ret;

	fw = devm_kzalloc(dev, sizeof(*fw), GFP_KERNEL);
	if (!fw)
		return -ENOMEM;

	fw->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(fw->base))
		return PTR_ERR(fw->base);

	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	if (ret)
		return ret;

	fw->shared = dmam_alloc_coherent(dev, sizeof(*fw->shared), &fw->shared_dma, GFP_KERNEL);
	if (!fw->shared)
		return -ENOMEM;

	ret = fw_cfg_find_file(fw);
	if (ret)
		return dev_err_probe(dev, ret, "no file: QEMU needs -device vmcoreinfo\n");

	return devm_copy_engine_register(dev, &fw_cfg_ops, fw, &fw_cfg_faults);
}

static const struct of_device_id fw_cfg_of_match[] = {
	{ .compatible = "qemu,fw-cfg-mmio" },
	{ }
};
MODULE_DEVICE_TABLE(of, fw_cfg_of_match);

static struct platform_driver fw_cfg_driver = {
	.probe = fw_cfg_probe,
	.driver = {
		.name = "fw_cfg_dma",
		.of_match_table = fw_cfg_of_match,
	},
};
module_platform_driver(fw_cfg_driver);

MODULE_DESCRIPTION("QEMU's fw_cfg device as a DMA controller");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
