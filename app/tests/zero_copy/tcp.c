// SPDX-License-Identifier: GPL-2.0-only
/*
 * A connection by TCP; see tcp.h.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcp.h"
#include "tests/harness/harness.h"

static void bring_up_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		SKIP("no TCP/IP: %s", strerror(errno));
	ASSERT_OK(ioctl(fd, SIOCGIFFLAGS, &lo));
	lo.ifr_flags |= IFF_UP;
	ASSERT_OK(ioctl(fd, SIOCSIFFLAGS, &lo));
	close(fd);
}

void connect_tcp(int fds[2])
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(at);
	int listening;

	bring_up_loopback();
	listening = ASSERT_OK(socket(AF_INET, SOCK_STREAM, 0));
	ASSERT_OK(bind(listening, (struct sockaddr *)&at, size));
	ASSERT_OK(listen(listening, 1));
	ASSERT_OK(getsockname(listening, (struct sockaddr *)&at, &size));
	fds[0] = ASSERT_OK(socket(AF_INET, SOCK_STREAM, 0));
	ASSERT_OK(connect(fds[0], (struct sockaddr *)&at, size));
	fds[1] = ASSERT_OK(accept(listening, NULL, NULL));
	close(listening);
}
