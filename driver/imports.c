// SPDX-License-Identifier: GPL-2.0-only
/*
 * What importers have mapped of dma-bufs, and how it is taken from them at unbind: they
 * are asked, waited for, and named, and what they keep then is never freed.
 */
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "cohbuf.h"
#include "compat.h"
#include "dmabuf.h"
#include "pool.h"

/* How long an unbind waits for importers; after one it says for which, so many of them. */
#define COHBUF_IMPORTS_SECONDS	10
#define COHBUF_IMPORTERS_NAMED	8

/**
 * cohbuf_import_begins() - an importer maps a dma-buf, for a device or for itself
 * @cb: the buffer, with memory
 *
 * Context: Process context, &cohbuf.lock held.
 */
void cohbuf_import_begins(struct cohbuf *cb)
{
	if (cb->of_pool)
		atomic_inc(&cb->of_pool->num_imports);
	atomic_inc(&cb->num_imports);
}

static void cohbuf_import_ends_of(struct cohbuf *cb)
{
	if (atomic_dec_and_test(&cb->num_imports))
		wake_up(&cb->imports_wait);
}

/**
 * cohbuf_import_ends() - an importer has let go of a mapping
 * @cb: the buffer
 *
 * Context: Any context. The importer's dma-buf holds a reference to @cb.
 */
void cohbuf_import_ends(struct cohbuf *cb)
{
	cohbuf_import_ends_of(cb);
	/* In this order: where the pool has none, no buffer of it has any. */
	if (cb->of_pool)
		cohbuf_import_ends_of(cb->of_pool);
}

/*
 * One that was not asked in this pass, at most: its dma-buf, with a reference. Nobody is
 * attached anew by now, so a pass ends.
 */
static struct dma_buf *cohbuf_exports_next(struct cohbuf *cb, unsigned int pass)
{
	struct cohbuf_importer *importer;
	struct dma_buf *dmabuf = NULL;

	mutex_lock(&cb->lock);
	importer = list_first_entry_or_null(&cb->importers, struct cohbuf_importer, of_buffer);
	if (importer && importer->pass != pass) {
		importer->pass = pass;
		list_move_tail(&importer->of_buffer, &cb->importers);
		dmabuf = importer->cd->dmabuf;
		get_dma_buf(dmabuf);
	}
	mutex_unlock(&cb->lock);
	return dmabuf;
}

/*
 * Those who can let go at any time, and map it again where it then is, do so. Who is
 * busy with a dma-buf is not waited for: there is another pass.
 */
static void cohbuf_exports_ask(struct cohbuf *cb, unsigned int pass)
{
	struct dma_buf *dmabuf;

	while (!fatal_signal_pending(current) && (dmabuf = cohbuf_exports_next(cb, pass))) {
		if (dma_resv_trylock(dmabuf->resv)) {
			dma_buf_invalidate_mappings(dmabuf);
			dma_resv_unlock(dmabuf->resv);
		}
		dma_buf_put(dmabuf);
		cond_resched();
	}
}

/* Say who has dma-bufs of a buffer mapped: devices, or their drivers for themselves. */
static void cohbuf_exports_name(struct cohbuf *cb, const char *what, unsigned int *named)
{
	struct cohbuf_importer *importer;
	bool found = false;

	mutex_lock(&cb->lock);
	list_for_each_entry(importer, &cb->importers, of_buffer) {
		if (!importer->mapped && !importer->cd->in_kernel)
			continue;
		found = true;
		if ((*named)++ >= COHBUF_IMPORTERS_NAMED)
			break;
		dev_warn(cb->dev.parent, "%s: %s has a dma-buf of %s mapped\n", what,
			 dev_name(importer->dev), dev_name(&cb->dev));
	}
	mutex_unlock(&cb->lock);

	if (!found && (*named)++ < COHBUF_IMPORTERS_NAMED)
		dev_warn(cb->dev.parent, "%s: a driver has a dma-buf of %s mapped\n", what,
			 dev_name(&cb->dev));
}

static void cohbuf_exports_name_all(struct cohbuf *cb, const char *what)
{
	struct cohbuf *buffer = NULL;
	unsigned int named = 0;

	while (named <= COHBUF_IMPORTERS_NAMED && (buffer = cohbuf_pool_next(cb, buffer)))
		if (atomic_read(&buffer->num_imports))
			cohbuf_exports_name(buffer, what, &named);
	if (named > COHBUF_IMPORTERS_NAMED)
		dev_warn(cb->dev.parent, "%s: and others as well\n", what);
}

/**
 * cohbuf_exports_revoke() - take the memory from the importers of dma-bufs
 * @cb: the buffer, its memory already taken away; or a pool, and that of all its buffers
 *
 * No importer can map anything by now. Of what they have mapped they let go when they
 * are asked, or when the program that uses them ends: that is waited for, but not for
 * ever, nor by a task that is killed.
 *
 * Context: Process context, may sleep for ten seconds. Takes &cohbuf.lock.
 * Return: true when nobody has the memory any more; false, after lines in the kernel's
 * log that say who, where &cohbuf.num_imports says of which buffers it must not be freed.
 */
bool cohbuf_exports_revoke(struct cohbuf *cb)
{
	struct cohbuf *buffer;
	unsigned int pass;
	long left = 0;

	if (!IS_ENABLED(CONFIG_DMA_SHARED_BUFFER))
		return true;

	for (pass = 1; atomic_read(&cb->num_imports) && pass <= COHBUF_IMPORTS_SECONDS; pass++) {
		for (buffer = NULL; (buffer = cohbuf_pool_next(cb, buffer));)
			cohbuf_exports_ask(buffer, pass);
		left = wait_event_killable_timeout(cb->imports_wait,
						   !atomic_read(&cb->num_imports), HZ);
		if (left < 0)
			break;
		if (!left && pass == 1)
			cohbuf_exports_name_all(cb, "the unbind waits");
	}
	if (!atomic_read(&cb->num_imports))
		return true;

	cohbuf_exports_name_all(cb, "the memory is given up until the machine is started anew");
	return false;
}
