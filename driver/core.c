// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf: the platform driver. It owns nothing: probe is a list of steps that
 * devres takes back, last in first out, when the device is unbound:
 *
 *   unregister the character device, revoke what user space has mapped, free what a pool
 *   made, and give the interrupt's line back,
 *   free the DMA memory and give the reserved-memory region back,
 *   release the channel of the DMA engine.
 */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "cohbuf.h"
#include "config.h"
#include "version.h"

static int cohbuf_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct cohbuf_config config;
	struct dma_chan *engine;
	struct cohbuf_mem *mem;
	int ret;

	ret = cohbuf_config_read(dev, &config);
	if (ret)
		return ret;

	engine = devm_cohbuf_engine_get(dev);
	if (IS_ERR(engine))
		return PTR_ERR(engine);

	mem = config.pool ? devm_cohbuf_mem_prepare(dev, &config, engine) :
			    devm_cohbuf_mem_alloc(dev, &config, engine);
	if (IS_ERR(mem))
		return PTR_ERR(mem);

	return devm_cohbuf_register(dev, &config, mem);
}

static const struct of_device_id cohbuf_of_match[] = {
	{ .compatible = "cohbuf,buffer" },
	{ .compatible = "cohbuf,pool" },
	{}
};
MODULE_DEVICE_TABLE(of, cohbuf_of_match);

/* Devices without a node: see configfs.c. */
static const struct platform_device_id cohbuf_id_table[] = {
	{ .name = "cohbuf-buffer" },
	{ .name = "cohbuf-pool" },
	{}
};
MODULE_DEVICE_TABLE(platform, cohbuf_id_table);

static struct platform_driver cohbuf_driver = {
	.probe = cohbuf_probe,
	.id_table = cohbuf_id_table,
	.driver = {
		.name = "cohbuf",
		.of_match_table = cohbuf_of_match,
	},
};

static int __init cohbuf_init(void)
{
	int ret;

	ret = cohbuf_chrdev_init();
	if (ret)
		return ret;

	ret = platform_driver_register(&cohbuf_driver);
	if (ret)
		cohbuf_chrdev_exit();
	return ret;
}
module_init(cohbuf_init);

static void __exit cohbuf_exit(void)
{
	platform_driver_unregister(&cohbuf_driver);
	cohbuf_chrdev_exit();
}
module_exit(cohbuf_exit);

MODULE_DESCRIPTION("DMA buffers for user space, one per devicetree node");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
MODULE_VERSION(COHBUF_VERSION);
