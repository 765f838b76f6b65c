// SPDX-License-Identifier: GPL-2.0-only
/*
 * The node's interrupt, as a source of events. Each is counted once, and the line stays
 * masked from then on until a program acknowledges: only the program knows how its device
 * is told to let go of the line, so a line that nobody serves costs one interrupt.
 *
 * Who masks adds 1 to &cohbuf_irq.masked after it, and who unmasks does so as often as
 * that says, so the kernel's own count of disable_irq() always comes out even, whoever is
 * first. While a line is masked the kernel remembers an edge, and brings it when it is
 * unmasked; a level is there, or is not.
 */
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/property.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

static irqreturn_t cohbuf_irq_handle(int line, void *arg)
{
	struct cohbuf *cb = arg;

	disable_irq_nosync(line);
	atomic_inc(&cb->irq.masked);
	cohbuf_events_add(cb, COHBUF_EVENTS_INTERRUPT, 1);
	return IRQ_HANDLED;
}

/**
 * cohbuf_irq_init() - make a new buffer ready for cohbuf_irq_request()
 * @cb: the buffer
 *
 * Context: Any context.
 */
void cohbuf_irq_init(struct cohbuf *cb)
{
	mutex_init(&cb->irq.lock);
	/* As cohbuf_irq_request() gets it. */
	atomic_set(&cb->irq.masked, 1);
}

/**
 * cohbuf_config_irq() - find the line of a node's interrupt
 * @dev: platform device of the node
 * @config: &cohbuf_config.irq is filled in, 0 where the node has none
 *
 * Context: Process context, in probe.
 * Return: 0, or after one line in the kernel's log -EINVAL and what else the devicetree is
 * found wrong by; -EPROBE_DEFER where the controller is not there yet.
 */
int cohbuf_config_irq(struct device *dev, struct cohbuf_config *config)
{
	struct device_node *np = dev_of_node(dev);
	struct of_phandle_args second;
	int line;

	if (!device_property_present(dev, "interrupts") &&
	    !device_property_present(dev, "interrupts-extended"))
		return 0;

	if (!of_irq_parse_one(np, 1, &second)) {
		of_node_put(second.np);
		return dev_err_probe(dev, -EINVAL,
				     "interrupts are more than one: write a node for each\n");
	}

	line = of_irq_get(np, 0) ?: -EINVAL;
	if (line == -EPROBE_DEFER)
		return dev_err_probe(dev, line, "interrupts: their controller is not there yet\n");
	if (line < 0)
		return dev_err_probe(dev, line,
				     "interrupts are none of the controller's: give as many cells as its #interrupt-cells, of a line that it has\n");

	config->irq = line;
	return 0;
}

/**
 * cohbuf_irq_request() - take the line of the node's interrupt, masked
 * @cb: the buffer; cohbuf_revoke() gives the line back
 * @line: &cohbuf_config.irq
 *
 * Alone: a line that is shared is some other driver's as well, whose interrupts would
 * stay away until a program acknowledges this one.
 *
 * Context: Process context, in probe.
 * Return: 0, or a negative errno after one line in the kernel's log.
 */
int cohbuf_irq_request(struct cohbuf *cb, unsigned int line)
{
	int ret;

	if (!line)
		return 0;

	/* The line of the log is ours, hence not the kernel's: IRQF_PROBE_SHARED. */
	ret = request_any_context_irq(line, cohbuf_irq_handle,
				      IRQF_NO_AUTOEN | IRQF_PROBE_SHARED, dev_name(&cb->dev), cb);
	if (ret == -EBUSY)
		return dev_err_probe(cb->dev.parent, ret,
				     "interrupts: line %u has another user (see /proc/interrupts), and cannot be shared: disable the other's node, or drop interrupts\n",
				     line);
	if (ret < 0)
		return dev_err_probe(cb->dev.parent, ret,
				     "interrupts: line %u cannot be had: see its controller\n", line);

	/* Else a level comes a second time, only to be masked then. */
	if (irq_get_trigger_type(line) & IRQ_TYPE_LEVEL_MASK)
		irq_set_status_flags(line, IRQ_DISABLE_UNLAZY);
	cb->irq.line = line;
	cb->irq.present = true;
	return 0;
}

/**
 * cohbuf_irq_free() - give the line back
 * @cb: the buffer; it may have none
 *
 * Context: Process context, may sleep until the handler has returned, which waits for
 * nothing. Takes &cohbuf_irq.lock.
 */
void cohbuf_irq_free(struct cohbuf *cb)
{
	struct cohbuf_irq *irq = &cb->irq;
	unsigned int line;

	mutex_lock(&irq->lock);
	line = irq->line;
	irq->line = 0;
	mutex_unlock(&irq->lock);

	if (line)
		free_irq(line, cb);
}

/**
 * cohbuf_irq_get() - count a file that waits for the interrupt
 * @cb: the buffer
 *
 * Context: Process context. Takes &cohbuf_irq.lock.
 * Return: 0, or -EOPNOTSUPP where the node has none.
 */
int cohbuf_irq_get(struct cohbuf *cb)
{
	struct cohbuf_irq *irq = &cb->irq;

	if (!irq->present)
		return -EOPNOTSUPP;

	mutex_lock(&irq->lock);
	irq->files++;
	mutex_unlock(&irq->lock);
	return 0;
}

/**
 * cohbuf_irq_put() - take cohbuf_irq_get() back; the last one masks the line
 * @cb: the buffer
 *
 * Context: Process context. Takes &cohbuf_irq.lock.
 */
void cohbuf_irq_put(struct cohbuf *cb)
{
	struct cohbuf_irq *irq = &cb->irq;

	mutex_lock(&irq->lock);
	if (!--irq->files && irq->line && !atomic_read(&irq->masked)) {
		disable_irq_nosync(irq->line);
		atomic_inc(&irq->masked);
	}
	mutex_unlock(&irq->lock);
}

/**
 * cohbuf_irq_unmask() - let the next interrupt come
 * @cb: the buffer, of whose interrupt the caller has a file open
 * @nowait: do not wait for the lock
 *
 * Context: Process context. Takes &cohbuf_irq.lock.
 * Return: 0, also where it was not masked; -EAGAIN, or -ENODEV after the unbind.
 */
int cohbuf_irq_unmask(struct cohbuf *cb, bool nowait)
{
	struct cohbuf_irq *irq = &cb->irq;
	int ret = -ENODEV;
	int masked;

	if (!nowait)
		mutex_lock(&irq->lock);
	else if (!mutex_trylock(&irq->lock))
		return -EAGAIN;

	if (irq->line) {
		for (masked = atomic_xchg(&irq->masked, 0); masked; masked--)
			enable_irq(irq->line);
		ret = 0;
	}
	mutex_unlock(&irq->lock);
	return ret;
}
