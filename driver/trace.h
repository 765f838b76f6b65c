/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints, /sys/kernel/tracing/events/cohbuf: the life of a buffer.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cohbuf

#if !defined(_COHBUF_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _COHBUF_TRACE_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/tracepoint.h>

#include "cohbuf.h"

/* The form of all tracepoints, which clang-format cannot read. */
/* clang-format off */
TRACE_EVENT(cohbuf_bind,
	TP_PROTO(const struct cohbuf *cb, const struct cohbuf_mem *mem),
	TP_ARGS(cb, mem),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__field(u64, size)
		__field(u64, dma_addr)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		__entry->size = mem->size;
		__entry->dma_addr = mem->dma_addr;
	),
	TP_printk("%s size=%llu dma_addr=%#llx", __entry->name, __entry->size,
		  __entry->dma_addr)
);

TRACE_EVENT(cohbuf_open,
	TP_PROTO(const struct cohbuf *cb, const struct file *file, int ret),
	TP_ARGS(cb, file, ret),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__field(unsigned int, flags)
		__field(int, ret)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		__entry->flags = file->f_flags;
		__entry->ret = ret;
	),
	TP_printk("%s flags=%#o ret=%d", __entry->name, __entry->flags,
		  __entry->ret)
);

TRACE_EVENT(cohbuf_mmap,
	TP_PROTO(const struct cohbuf *cb, const struct vm_area_struct *vma, int ret),
	TP_ARGS(cb, vma, ret),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__field(u64, offset)
		__field(u64, length)
		__field(int, ret)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		__entry->offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
		__entry->length = vma->vm_end - vma->vm_start;
		__entry->ret = ret;
	),
	TP_printk("%s offset=%llu length=%llu ret=%d", __entry->name,
		  __entry->offset, __entry->length, __entry->ret)
);

TRACE_EVENT(cohbuf_copy,
	TP_PROTO(const struct cohbuf *cb, const struct cohbuf_copy *copy, int ret),
	TP_ARGS(cb, copy, ret),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__array(char, engine, COHBUF_ENGINE_NAME_SIZE)
		__field(u64, src)
		__field(u64, dst)
		__field(u64, length)
		__field(u64, duration)
		__field(int, ret)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		strscpy(__entry->engine, copy->engine, COHBUF_ENGINE_NAME_SIZE);
		__entry->src = copy->src;
		__entry->dst = copy->dst;
		__entry->length = copy->length;
		__entry->duration = copy->duration_ns;
		__entry->ret = ret;
	),
	TP_printk("%s engine=%s src=%llu dst=%llu length=%llu duration_ns=%llu ret=%d",
		  __entry->name, __entry->engine, __entry->src, __entry->dst,
		  __entry->length, __entry->duration, __entry->ret)
);

TRACE_EVENT(cohbuf_sync,
	TP_PROTO(const struct cohbuf *cb, const struct cohbuf_sync *sync, int ret),
	TP_ARGS(cb, sync, ret),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__field(u64, offset)
		__field(u64, length)
		__field(u32, direction)
		__field(u32, owner)
		__field(int, ret)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		__entry->offset = sync->offset;
		__entry->length = sync->length;
		__entry->direction = sync->direction;
		__entry->owner = sync->owner;
		__entry->ret = ret;
	),
	TP_printk("%s offset=%llu length=%llu direction=%u owner=%u ret=%d", __entry->name,
		  __entry->offset, __entry->length, __entry->direction, __entry->owner,
		  __entry->ret)
);

TRACE_EVENT(cohbuf_export,
	TP_PROTO(const struct cohbuf *cb, const struct cohbuf_export *export, int ret),
	TP_ARGS(cb, export, ret),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__field(u64, offset)
		__field(u64, length)
		__field(u32, flags)
		__field(int, ret)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		__entry->offset = export->offset;
		__entry->length = export->length;
		__entry->flags = export->flags;
		__entry->ret = ret;
	),
	TP_printk("%s offset=%llu length=%llu flags=%#o ret=%d", __entry->name,
		  __entry->offset, __entry->length, __entry->flags, __entry->ret)
);

TRACE_EVENT(cohbuf_events,
	TP_PROTO(const struct cohbuf *cb, u32 source, u64 count, u64 total, int ret),
	TP_ARGS(cb, source, count, total, ret),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__field(u64, count)
		__field(u64, total)
		__field(u32, source)
		__field(int, ret)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		__entry->count = count;
		__entry->total = total;
		__entry->source = source;
		__entry->ret = ret;
	),
	TP_printk("%s source=%u count=%llu total=%llu ret=%d", __entry->name,
		  __entry->source, __entry->count, __entry->total, __entry->ret)
);

TRACE_EVENT(cohbuf_alloc,
	TP_PROTO(const struct cohbuf *cb, u64 size, int ret),
	TP_ARGS(cb, size, ret),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__field(u64, size)
		__field(int, ret)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		__entry->size = size;
		__entry->ret = ret;
	),
	TP_printk("%s size=%llu ret=%d", __entry->name, __entry->size, __entry->ret)
);

TRACE_EVENT(cohbuf_revoke,
	TP_PROTO(const struct cohbuf *cb),
	TP_ARGS(cb),
	TP_STRUCT__entry(
		__array(char, name, COHBUF_DEVICE_NAME_SIZE)
		__field(unsigned int, files)
		__field(unsigned int, mappings)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev_name(&cb->dev), COHBUF_DEVICE_NAME_SIZE);
		__entry->files = cb->num_files;
		__entry->mappings = cb->num_mappings;
	),
	TP_printk("%s files=%u mappings=%u", __entry->name, __entry->files,
		  __entry->mappings)
);

/* clang-format on */

#endif /* _COHBUF_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
