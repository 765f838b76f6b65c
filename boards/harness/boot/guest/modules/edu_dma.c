// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's "edu" PCI device as a DMA controller: the one that can stand behind an
 * IOMMU, where a DMA address is unlike any physical address and a wrong one fails.
 *
 * The device moves bytes between memory and 4 KiB of its own, in 100 ms whatever
 * their number. A copy is two moves. It does not report errors: where the IOMMU
 * stopped a move nothing was copied, and the kernel's log has the IOMMU's event.
 *
 * The registers: docs/specs/edu.txt of QEMU; -device edu,dma_mask=0xffffffff.
 */
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "copy_engine.h"

#define EDU_BAR			0
#define EDU_DMA_SRC		0x80
#define EDU_DMA_DST		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_CMD		0x98
#define EDU_DMA_RUN		BIT(0)
#define EDU_DMA_TO_MEMORY	BIT(1)

/* Its memory, as it sees it. A move that ends at the end of it aborts QEMU 7.2. */
#define EDU_MEMORY		0x40000
#define EDU_MEMORY_USED		4092

#define EDU_POLL_US		5000
#define EDU_TIMEOUT_US		2000000

COPY_ENGINE_FAULTS(edu_faults);

static int edu_move(void __iomem *base, u32 dst, u32 src, size_t len, u32 cmd)
{
	iowrite32(src, base + EDU_DMA_SRC);
	iowrite32(dst, base + EDU_DMA_DST);
	iowrite32(len, base + EDU_DMA_COUNT);
	iowrite32(cmd | EDU_DMA_RUN, base + EDU_DMA_CMD);
	return read_poll_timeout(ioread32, cmd, !(cmd & EDU_DMA_RUN), EDU_POLL_US,
				 EDU_TIMEOUT_US, false, base + EDU_DMA_CMD);
}

static enum dmaengine_tx_result edu_copy(void *arg, dma_addr_t dst, dma_addr_t src,
					 size_t len)
{
	void __iomem *base = (void __force __iomem *)arg;

	if (edu_move(base, EDU_MEMORY, src, len, 0))
		return DMA_TRANS_READ_FAILED;
	if (edu_move(base, dst, EDU_MEMORY, len, EDU_DMA_TO_MEMORY))
		return DMA_TRANS_WRITE_FAILED;
	return DMA_TRANS_NOERROR;
}

static const struct copy_engine_ops edu_ops = {
	.piece = EDU_MEMORY_USED,
	.copy = edu_copy,
};

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	void __iomem *base;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;

	ret = pcim_iomap_regions(pdev, BIT(EDU_BAR), "edu_dma");
	if (ret)
		return ret;
	base = pcim_iomap_table(pdev)[EDU_BAR];

	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (ret)
		return ret;

	pci_set_master(pdev);
	return devm_copy_engine_register(&pdev->dev, &edu_ops, (void __force *)base,
					 &edu_faults);
}

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ }
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = "edu_dma",
	.id_table = edu_ids,
	.probe = edu_probe,
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("QEMU's edu device as a DMA controller");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
