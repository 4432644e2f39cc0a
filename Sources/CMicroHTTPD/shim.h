/*
 * shim.h - what Swift cannot call itself: libmicrohttpd's variadic functions,
 * and a logger that receives a va_list.
 */
#ifndef MARTLET_MICROHTTPD_SHIM_H
#define MARTLET_MICROHTTPD_SHIM_H

#include <microhttpd.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* Receives libmicrohttpd's messages, formatted. Must outlive the daemon. */
struct mhd_logger {
	void *context;
	void (*write)(void *context, const char *line);
};

struct mhd_settings {
	MHD_socket listen_socket;
	unsigned int threads;
	unsigned int connections;
	unsigned int timeout_seconds;
	size_t connection_memory;
	struct mhd_logger *logger;
	MHD_AccessHandlerCallback handle;
	MHD_RequestCompletedCallback completed;
	/* First argument of both callbacks. */
	void *context;
};

static inline void mhd_log(void *logger, const char *format, va_list arguments)
{
	struct mhd_logger *to = (struct mhd_logger *)logger;
	char line[512];

	vsnprintf(line, sizeof(line), format, arguments);
	to->write(to->context, line);
}

/*
 * Leaves escapes alone: libmicrohttpd's own decoder would put a %00 into a C
 * string, and what follows it would silently vanish.
 */
static inline size_t mhd_keep_escapes(void *unused, struct MHD_Connection *connection, char *text)
{
	size_t length = 0;

	(void)unused;
	(void)connection;
	while (text[length])
		length++;
	return length;
}

/* MHD_start_daemon(). The logger comes first, or start-up messages go to stderr. */
static inline struct MHD_Daemon *mhd_start(const struct mhd_settings *s)
{
	return MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
			MHD_USE_ERROR_LOG,
		0, NULL, NULL, s->handle, s->context,
		MHD_OPTION_EXTERNAL_LOGGER, mhd_log, s->logger,
		MHD_OPTION_LISTEN_SOCKET, s->listen_socket,
		MHD_OPTION_NOTIFY_COMPLETED, s->completed, s->context,
		MHD_OPTION_UNESCAPE_CALLBACK, mhd_keep_escapes, NULL,
		MHD_OPTION_CONNECTION_LIMIT, s->connections,
		MHD_OPTION_CONNECTION_TIMEOUT, s->timeout_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->connection_memory,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		/* A pool of one is not a pool: libmicrohttpd wants more than 1, or none. */
		MHD_OPTION_THREAD_POOL_SIZE, s->threads > 1 ? s->threads : 0,
		MHD_OPTION_END);
}

/* MHD_set_connection_option(): 0 means that silence is never too long. */
static inline void mhd_set_timeout(struct MHD_Connection *connection, unsigned int seconds)
{
	MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

/* MHD_get_connection_info(): the peer's address, or NULL. */
static inline const struct sockaddr *mhd_peer(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return info ? info->client_addr : NULL;
}

#endif
