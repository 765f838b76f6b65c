// SPDX-License-Identifier: GPL-2.0-only
/*
 * A devicetree node of a buffer, followed from the tree to /dev; see node.h.
 *
 * What a node says wrong is the driver's to judge: its line in the kernel's log is
 * quoted. Checked here is what the driver never gets to see.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dmas.h"
#include "dt.h"
#include "findings.h"
#include "node.h"
#include "system.h"

static void read_phandle(const char *path, const char *property, char *to, size_t size)
{
	uint32_t cells[DT_CELLS_MAX];
	char target[DT_PATH_SIZE];

	if (!dt_has(path, property))
		return;
	if (dt_cells(path, property, cells) && dt_by_phandle(cells[0], target))
		snprintf(to, size, "%s", target);
	else
		snprintf(to, size, "(no such node)");
}

static uint64_t read_size(const char *path)
{
	uint32_t cells[DT_CELLS_MAX];
	int count = dt_cells(path, "cohbuf,size", cells);

	if (count == 2)
		return (uint64_t)cells[0] << 32 | cells[1];
	return count == 1 ? cells[0] : 0;
}

void node_read(struct node *node, const char *path)
{
	char device[PATH_MAX], link[PATH_MAX + 16], disabled[DT_PATH_SIZE];
	const char *label;

	memset(node, 0, sizeof(*node));
	snprintf(node->path, sizeof(node->path), "%s", path);
	label = dt_string(path, "label");
	if (label)
		snprintf(node->label, sizeof(node->label), "%s", label);
	node->size = read_size(path);
	read_phandle(path, "memory-region", node->region, sizeof(node->region));
	read_phandle(path, "dmas", node->engine, sizeof(node->engine));
	if (dt_disabled(path, disabled))
		snprintf(node->disabled, sizeof(node->disabled), "%s",
			 disabled[0] ? disabled : "/");

	system_device_of(path, device, sizeof(device));
	if (!device[0])
		return;
	snprintf(node->device, sizeof(node->device), "%s", strrchr(device, '/') + 1);
	snprintf(link, sizeof(link), "%s/driver", device);
	if (file_link_name(link, node->driver, sizeof(node->driver)))
		node->driver[0] = '\0';
	if (device_buffer(node->device, node->buffer))
		node->buffer[0] = '\0';
}

bool node_is_called(const struct node *node, const char *name)
{
	const char *slash = strrchr(node->path, '/');

	if (!strncmp(name, "/dev/", 5))
		name += 5;
	return !strcmp(name, node->label) || !strcmp(name, node->path) ||
	       (slash && !strcmp(name, slash + 1)) ||
	       (node->device[0] && !strcmp(name, node->device)) ||
	       (node->buffer[0] && !strcmp(name, node->buffer));
}

static void examine_region(const struct node *node)
{
	char disabled[DT_PATH_SIZE];

	if (!node->region[0] || node->region[0] == '(')
		return;
	if (dt_disabled(node->region, disabled))
		finding_add(node->path, "set the status of the region to \"okay\"",
			    "its memory-region %s is disabled", node->region);
}

/* A pool takes none before it is asked, an IOMMU makes one range of any pages. */
static bool takes_from_cma(const struct node *node)
{
	const char *kind = dt_string(node->path, "cohbuf,memory");

	return dt_is_compatible(node->path, "cohbuf,buffer") && !node->region[0] &&
	       !dt_has(node->path, "iommus") &&
	       (!kind || !strcmp(kind, "coherent") || !strcmp(kind, "cached"));
}

static void examine_cma(const struct node *node)
{
	uint64_t free_kib;

	if (!takes_from_cma(node) || !system_meminfo("CmaFree", &free_kib) ||
	    node->size <= free_kib << 10)
		return;
	finding_add(node->path, "give the kernel a larger cma= on its command line, or the node a memory-region; or lower cohbuf,size",
		    "it wants %" PRIu64 " bytes, and the system's CMA has %" PRIu64 " free",
		    node->size, free_kib << 10);
}

static void note_deferral(const struct node *node, const char *reason)
{
	char remedy[256];

	snprintf(remedy, sizeof(remedy), "see to what it waits for: the driver of its DMA controller, IOMMU or region%s",
		 system_shows_deferred() ? "" : "; as root, mount -t debugfs none /sys/kernel/debug, to see why");
	finding_add(node->path, remedy, "its device %s waits for another%s%s", node->device,
		    reason[0] ? ": " : "", reason);
}

/* Nothing says why. A bind by hand that is deferred is not on the kernel's list. */
static void note_unbound(const struct node *node, bool sees_log)
{
	char remedy[512];

	snprintf(remedy, sizeof(remedy), "bind it: echo %s > /sys/bus/platform/drivers/cohbuf/bind; then run this again%s%s",
		 node->device, sees_log ? "" : ", as root, to see the kernel's log",
		 node->engine[0] ? "; where that is \"Resource temporarily unavailable\", its controller has no such DMA channel: see the cells of its dmas" : "");
	finding_add(node->path, remedy, "its device %s is not bound to the driver", node->device);
}

static void examine_unbound(const struct node *node)
{
	char message[1024];
	bool deferred, explained;
	int found;

	deferred = system_deferred(node->device, message, sizeof(message));
	if (deferred)
		note_deferral(node, message);
	examine_region(node);
	explained = dmas_examine(node, deferred) || deferred;
	examine_cma(node);

	found = system_last_message(node->device, message, sizeof(message));
	if (found > 0)
		finding_add(node->path, "change the node as the line says (docs/devicetree.md has each), and boot again",
			    "the driver refused it; the kernel's log has: %s", message);
	else if (!explained)
		note_unbound(node, !found);
}

static void examine_rights(const struct node *node, const char *path, const struct stat *status)
{
	char remedy[256];

	snprintf(remedy, sizeof(remedy), "%s",
		 "run as root, or let a udev rule give it to a group of yours: SUBSYSTEM==\"cohbuf\", GROUP=\"...\", MODE=\"0660\"");
	if (access(path, R_OK | W_OK))
		finding_add(node->path, remedy,
			    "%s is not open to you: mode %04o, user %u, group %u", path,
			    status->st_mode & 07777, status->st_uid, status->st_gid);
	if (status->st_mode & 0002)
		finding_add(node->path, "take it away: chmod o-rwx, and MODE=\"0660\" in the udev rule",
			    "everyone may write to %s: mode %04o", path,
			    status->st_mode & 07777);
}

/* Whose the name below /dev is: the kernel lets the first one keep it. */
static void examine_dev(const struct node *node)
{
	char path[PATH_MAX], numbers[32], actual[32];
	struct stat status;

	snprintf(path, sizeof(path), "/sys/class/cohbuf/%s/dev", node->buffer);
	if (file_read_line(path, numbers, sizeof(numbers)))
		return;
	snprintf(path, sizeof(path), "/dev/%s", node->buffer);
	if (stat(path, &status)) {
		finding_add(node->path, "mount devtmpfs on /dev, or make the node: mknod with the numbers",
			    "the buffer is there (c %s), but %s is not: %s", numbers, path,
			    strerror(errno));
		return;
	}
	snprintf(actual, sizeof(actual), "%u:%u", major(status.st_rdev), minor(status.st_rdev));
	if (!S_ISCHR(status.st_mode) || strcmp(actual, numbers)) {
		finding_add(node->path, "choose another label in the devicetree node",
			    "%s belongs to something else (%s %s, the buffer is c %s)", path,
			    S_ISCHR(status.st_mode) ? "c" : S_ISBLK(status.st_mode) ? "b" :
										      "no device",
			    actual, numbers);
		return;
	}
	examine_rights(node, path, &status);
}

void node_examine(const struct node *node, bool asked_for)
{
	if (node->disabled[0]) {
		/* As somebody wanted it, unless it is the one that is missed. */
		if (asked_for)
			finding_add(node->path, "set its status to \"okay\"",
				    "%s is disabled", node->disabled);
	} else if (!node->device[0]) {
		finding_add(node->path, "put the node directly below / or below a bus with compatible = \"simple-bus\"",
			    "the kernel made no device of it");
	} else if (!node->driver[0]) {
		if (system_has_module())
			examine_unbound(node);
	} else if (strcmp(node->driver, "cohbuf")) {
		finding_add(node->path, "unbind it there, and see driver_override of the device",
			    "its device %s is bound to the driver %s", node->device,
			    node->driver);
	} else {
		examine_dev(node);
	}
}
