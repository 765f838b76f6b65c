// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgem; see vgem.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/drm.h>

#include "exporting.h"
#include "tests/harness/harness.h"
#include "vgem.h"

int open_vgem(void)
{
	char path[32], name[16];

	if (access("/sys/module/vgem", F_OK))
		SKIP("this kernel has no vgem");
	for (int i = 0; i < 8; i++) {
		struct drm_version version = { .name = name, .name_len = sizeof(name) };
		int fd;

		memset(name, 0, sizeof(name));
		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && !ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, "vgem"))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	harness_check(HARNESS_HERE(true), false, "there is a node of vgem");
	return -1;
}

int vgem_import(int vgem, int dmabuf)
{
	struct drm_prime_handle handle = { .fd = dmabuf };

	return ioctl(vgem, DRM_IOCTL_PRIME_FD_TO_HANDLE, &handle);
}

bool vgem_maps(const struct test_buffer *b)
{
	int vgem = open_vgem(), dmabuf = export_buffer(b, O_RDONLY);
	bool refused = vgem_import(vgem, dmabuf);

	if (refused)
		EXPECT_EQ(errno, EACCES);
	close(dmabuf);
	close(vgem);
	return refused;
}
