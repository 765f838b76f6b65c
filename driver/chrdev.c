// SPDX-License-Identifier: GPL-2.0-only
/*
 * The character device of a buffer: numbers, name, node, and the struct cohbuf
 * behind it, which lives until the last file is closed.
 */
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"
#include "pool.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define COHBUF_MINORS	(MINORMASK + 1)

static dev_t cohbuf_devt;

/*
 * One after the other, not the lowest that is free: a program may hold a node that
 * is gone for as long as it likes (O_PATH) before it opens it, and must not get the
 * next buffer that is bound, whose owner and mode may be others. Hence also the start
 * at random: the driver may have been loaded anew meanwhile.
 */
static DEFINE_XARRAY_ALLOC(cohbuf_minors);
static u32 cohbuf_next_minor;

/* The numbers of names, from bind to unbind. */
static DEFINE_IDA(cohbuf_numbers);

/* Makes "is this label free?" and the taking of it one step. */
static DEFINE_MUTEX(cohbuf_names_lock);

/**
 * cohbuf_set_up() - make a new struct cohbuf ready, but for its device
 * @cb: the struct, of zeroes
 * @mem: the memory
 *
 * Context: Any context.
 */
void cohbuf_set_up(struct cohbuf *cb, struct cohbuf_mem *mem)
{
	mutex_init(&cb->lock);
	INIT_LIST_HEAD(&cb->inodes);
	INIT_LIST_HEAD(&cb->mappings);
	INIT_LIST_HEAD(&cb->importers);
	init_waitqueue_head(&cb->unbound);
	init_waitqueue_head(&cb->copy_wait);
	init_waitqueue_head(&cb->imports_wait);
	cohbuf_events_init(cb);
	cb->mem = mem;
	cb->one_access = cohbuf_mem_is_registers(mem);
	cb->number = -1;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_set_up);

/**
 * cohbuf_tear_down() - take cohbuf_set_up() back
 * @cb: the struct, that nobody refers to any more
 *
 * Context: Any context.
 */
void cohbuf_tear_down(struct cohbuf *cb)
{
	mutex_destroy(&cb->lock);
	mutex_destroy(&cb->irq.lock);
}

static void cohbuf_release(struct device *dev)
{
	struct cohbuf *cb = to_cohbuf(dev);

	xa_erase(&cohbuf_minors, MINOR(dev->devt));
	cohbuf_pool_destroy(cb);
	cohbuf_tear_down(cb);
	kfree(cb);
}

static struct class cohbuf_class = {
	.name = "cohbuf",
	.dev_groups = cohbuf_groups,
	.dev_release = cohbuf_release,
};

static struct cohbuf *cohbuf_create(struct device *parent, const struct cohbuf_config *config,
				    struct cohbuf_mem *mem)
{
	struct cohbuf *cb;
	u32 minor;
	int ret;

	cb = kzalloc(sizeof(*cb), GFP_KERNEL);
	if (!cb)
		return ERR_PTR(-ENOMEM);

	ret = xa_alloc_cyclic(&cohbuf_minors, &minor, cb, XA_LIMIT(0, COHBUF_MINORS - 1),
			      &cohbuf_next_minor, GFP_KERNEL);
	if (ret < 0) {
		kfree(cb);
		if (ret == -EBUSY)
			dev_err(parent, "no minor number: close or unbind another buffer\n");
		return ERR_PTR(ret);
	}

	cohbuf_set_up(cb, mem);
	device_initialize(&cb->dev);
	cb->dev.parent = parent;
	cb->dev.class = &cohbuf_class;
	cb->dev.devt = MKDEV(MAJOR(cohbuf_devt), minor);

	if (config->pool && cohbuf_pool_create(cb, mem)) {
		put_device(&cb->dev);
		return ERR_PTR(-ENOMEM);
	}
	cdev_init(&cb->cdev, cb->pool ? &cohbuf_pool_fops : &cohbuf_fops);
	cb->cdev.owner = THIS_MODULE;
	return cb;
}

static int cohbuf_set_name(struct cohbuf *cb, const char *label)
{
	struct device *other;

	/* cohbufN, with the lowest N that is free. */
	if (!label) {
		cb->number = ida_alloc(&cohbuf_numbers, GFP_KERNEL);
		return cb->number < 0 ? cb->number :
					dev_set_name(&cb->dev, "cohbuf%d", cb->number);
	}

	other = class_find_device_by_name(&cohbuf_class, label);
	if (other) {
		int ret = dev_err_probe(cb->dev.parent, -EEXIST,
					"label \"%s\" is taken by %s: choose another\n",
					label, dev_name(other->parent));

		put_device(other);
		return ret;
	}
	return dev_set_name(&cb->dev, "%s", label);
}

static void cohbuf_take_away(struct cohbuf *cb)
{
	if (cb->pool)
		cohbuf_pool_revoke(cb);
	else
		cohbuf_revoke(cb);
}

static int cohbuf_add(struct cohbuf *cb, const struct cohbuf_config *config)
{
	int ret;

	mutex_lock(&cohbuf_names_lock);
	ret = cohbuf_set_name(cb, config->label);
	if (ret)
		goto out_unlock;

	ret = cohbuf_irq_request(cb, config->irq);
	if (ret)
		goto out_unlock;

	ret = cdev_device_add(&cb->cdev, &cb->dev);
	if (ret)
		/* The node was open to the world before the call failed. */
		cohbuf_take_away(cb);

out_unlock:
	mutex_unlock(&cohbuf_names_lock);
	return ret;
}

/* The name is free with the node gone; the rest of it may be held open. */
static void cohbuf_put(struct cohbuf *cb)
{
	if (cb->number >= 0)
		ida_free(&cohbuf_numbers, cb->number);
	put_device(&cb->dev);
}

static void cohbuf_unregister(void *data)
{
	struct cohbuf *cb = data;

	/* The memory first: removing the node waits for who holds up its folder. */
	cohbuf_take_away(cb);
	cdev_device_del(&cb->cdev, &cb->dev);
	cohbuf_put(cb);
}

/**
 * devm_cohbuf_register() - show a buffer, or a pool, to user space
 * @dev: platform device
 * @config: what the node asks for
 * @mem: the memory; must stay until devres has taken this step back
 *
 * When devres takes it back, the node is gone, no file operation runs or will
 * run on @mem, and no process has any of it mapped any more; nor what a pool made of it.
 *
 * Context: Process context, in probe.
 * Return: 0, -EEXIST where another node has the label, -EBUSY where there is no
 * minor number left or somebody has the interrupt's line (each after one line in the
 * kernel's log), or -ENOMEM.
 */
int devm_cohbuf_register(struct device *dev, const struct cohbuf_config *config,
			 struct cohbuf_mem *mem)
{
	struct cohbuf *cb;
	int ret;

	cb = cohbuf_create(dev, config, mem);
	if (IS_ERR(cb))
		return PTR_ERR(cb);

	ret = cohbuf_add(cb, config);
	if (ret) {
		cohbuf_put(cb);
		return ret;
	}

	trace_cohbuf_bind(cb, mem);
	return devm_add_action_or_reset(dev, cohbuf_unregister, cb);
}

/**
 * cohbuf_chrdev_init() - register the class and the range of device numbers
 *
 * Context: Process context, in the module's init.
 * Return: 0 or a negative errno.
 */
int cohbuf_chrdev_init(void)
{
	int ret;

	ret = alloc_chrdev_region(&cohbuf_devt, 0, COHBUF_MINORS, "cohbuf");
	if (ret)
		return ret;

	cohbuf_next_minor = get_random_u32() & MINORMASK;

	ret = class_register(&cohbuf_class);
	if (ret)
		unregister_chrdev_region(cohbuf_devt, COHBUF_MINORS);
	return ret;
}

/**
 * cohbuf_chrdev_exit() - take cohbuf_chrdev_init() back
 *
 * Context: Process context, in the module's exit: no device and no file is left.
 */
void cohbuf_chrdev_exit(void)
{
	class_unregister(&cohbuf_class);
	unregister_chrdev_region(cohbuf_devt, COHBUF_MINORS);
	WARN_ON(!xa_empty(&cohbuf_minors));
}
