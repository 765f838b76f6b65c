// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA channel that copies inside a buffer: the one that the node's "dmas" name,
 * held from bind to unbind.
 *
 * The DMA engine core has no way to take a channel back from a client: a controller
 * that is unbound while a client holds one is a warning, and worse. So a device link
 * makes the driver core unbind the buffer first. No channel is taken that the node
 * does not name: another driver may ask for it next, and has no buffer to unbind.
 */
#include <linux/delay.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/property.h>

#include "cohbuf.h"
#include "compat.h"

static void cohbuf_release_chan(void *chan)
{
	dma_release_channel(chan);
}

static int cohbuf_check_chan(struct device *dev, struct dma_chan *chan)
{
	struct device *controller = chan->device->dev;

	/* Without a way to stop it, a transfer could outlive its buffer. */
	if (!dma_has_cap(DMA_MEMCPY, chan->device->cap_mask) ||
	    !chan->device->device_terminate_all)
		return dev_err_probe(dev, -EINVAL,
				     "dmas: %s cannot copy from memory to memory: name another controller\n",
				     dev_name(controller));

	/* Unbinding the controller unbinds the buffer first. */
	if (!device_link_add(dev, controller, DL_FLAG_AUTOREMOVE_CONSUMER))
		return dev_err_probe(dev, -EINVAL,
				     "dmas: %s cannot be a supplier of this node\n",
				     dev_name(controller));
	return 0;
}

/**
 * devm_cohbuf_engine_get() - take the DMA channel that the node names
 * @dev: platform device
 *
 * Context: Process context, in probe.
 * Return: the channel, NULL where the node has no "dmas", or an ERR_PTR() after one
 * line in the kernel's log. -EPROBE_DEFER where there is none, of which the reason is
 * in debugfs, devices_deferred: a controller that is being registered, or whose
 * channels are in use, cannot be told from one that never has it.
 */
struct dma_chan *devm_cohbuf_engine_get(struct device *dev)
{
	struct dma_chan *chan;
	int ret;

	if (!device_property_present(dev, "dmas"))
		return NULL;

	if (device_property_match_string(dev, "dma-names", "memcpy") < 0)
		return ERR_PTR(dev_err_probe(dev, -EINVAL,
					     "dmas without dma-names = \"memcpy\": add it\n"));

	chan = dma_request_chan(dev, "memcpy");
	if (IS_ERR(chan))
		return ERR_PTR(dev_err_probe(dev, -EPROBE_DEFER,
					     "dmas: no channel yet: its controller is not there, has no such channel, or all are in use: see its node, #dma-cells and /sys/class/dma\n"));

	ret = devm_add_action_or_reset(dev, cohbuf_release_chan, chan);
	if (ret)
		return ERR_PTR(ret);

	ret = cohbuf_check_chan(dev, chan);
	return ret ? ERR_PTR(ret) : chan;
}

/*
 * Does another device see memory at the same address as @dev? Where it may not, no
 * address is turned into another: the node has to name the engine.
 */
static bool cohbuf_same_view(struct device *dev, struct device *engine)
{
	if (dev == engine)
		return true;
	if (device_iommu_mapped(dev) || device_iommu_mapped(engine))
		return false;
	if (!dev->dma_range_map && !engine->dma_range_map)
		return true;

	/* On the same bus, the same dma-ranges hold. */
	return dev_of_node(dev) && dev_of_node(engine) &&
	       dev_of_node(dev)->parent == dev_of_node(engine)->parent;
}

/**
 * cohbuf_engine_sees() - can an engine reach a buffer at its DMA address?
 * @engine: the channel of the engine
 * @mem: the memory
 *
 * Context: Any context.
 * Return: true where it can.
 */
bool cohbuf_engine_sees(struct dma_chan *engine, const struct cohbuf_mem *mem)
{
	struct device *dev = dmaengine_get_dma_device(engine);
	dma_addr_t last = mem->dma_addr + mem->size - 1;

	/* What the CPU has in its caches, only an engine that snoops sees. */
	if (mem->dma_coherent && !dev_is_dma_coherent(dev))
		return false;

	return cohbuf_same_view(mem->dev, dev) &&
	       last <= min_not_zero(dma_get_mask(dev), dev->bus_dma_limit);
}

/* Let this module stay loaded: a callback that is still to come is code of it. */
static void cohbuf_engine_pin(struct device *dev, const struct dma_chan *engine)
{
	static atomic_t pinned;

	if (atomic_xchg(&pinned, 1))
		return;
	__module_get(THIS_MODULE);
	dev_warn(dev, "%s cannot tell when the last callback of a copy that was stopped is over: cohbuf stays loaded\n",
		 dev_name(engine->device->dev));
}

/**
 * cohbuf_engine_stop() - end what is in flight on a channel
 * @dev: platform device of the node, for the kernel's log
 * @engine: the channel of the engine
 *
 * Not every controller's driver can tell when its last callback is over (sun4i and sun6i
 * have no device_synchronize), and not every one can stop it (tegra186-gpc-dma gives an
 * error where the hardware does not pause in time).
 *
 * Context: Process context, may sleep until the engine has stopped.
 * Return: true when nothing is in flight; false, after one line in the kernel's log,
 * where the engine goes on.
 */
bool cohbuf_engine_stop(struct device *dev, struct dma_chan *engine)
{
	unsigned int tries = 10;
	int ret;

	while ((ret = dmaengine_terminate_sync(engine)) && --tries)
		msleep(100);

	if (ret || !engine->device->device_synchronize)
		cohbuf_engine_pin(dev, engine);
	if (ret)
		dev_err(dev, "%s does not stop (%d): no copy here any more, and the memory is given up until the machine is started anew\n",
			dev_name(engine->device->dev), ret);
	return !ret;
}

/**
 * cohbuf_engine_name() - name an engine as a person finds it in sysfs
 * @engine: the channel of the engine
 * @name: filled in: the controller's device, a slash, the channel
 * @size: room in @name, in bytes
 *
 * Context: Any context.
 */
void cohbuf_engine_name(struct dma_chan *engine, char *name, size_t size)
{
	snprintf(name, size, "%s/%s", dev_name(engine->device->dev), dma_chan_name(engine));
}
