// SPDX-License-Identifier: GPL-2.0-only
/*
 * sendfile(2), or what does the same; see sending.h.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "sending.h"
#include "tests/harness/harness.h"

/* Up to Linux 5.19 sendfile() takes bytes out of regular files and disks only. */
static bool sendfile_takes_devices(void)
{
	struct utsname system;

	ASSERT_OK(uname(&system));
	return atoi(system.release) >= 6;
}

/* Instead a program goes through a pipe of its own. */
ssize_t send_some(int to, int from, off_t *offset, size_t count)
{
	loff_t at = offset ? *offset : 0;
	ssize_t len, sent, part;
	struct stat st;
	int pipefd[2];

	ASSERT_OK(fstat(from, &st));
	if (!S_ISCHR(st.st_mode) || sendfile_takes_devices())
		return sendfile(to, from, offset, count);

	EXPECT_ERRNO(sendfile(to, from, offset, count), EINVAL);
	ASSERT_OK(pipe(pipefd));
	len = ASSERT_OK(splice(from, offset ? &at : NULL, pipefd[1], NULL, count, 0));
	for (sent = 0; sent < len; sent += part)
		part = ASSERT_OK(splice(pipefd[0], NULL, to, NULL, len - sent, 0));
	close(pipefd[0]);
	close(pipefd[1]);
	if (offset)
		*offset = at;
	return len;
}

size_t send_all(int to, int from, off_t *offset, size_t count)
{
	size_t done = 0;

	while (done < count) {
		ssize_t len = ASSERT_OK(send_some(to, from, offset, count - done));

		if (!len)
			break;
		done += len;
	}
	return done;
}
