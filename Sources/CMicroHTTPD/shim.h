/*
 * shim.h - what Swift cannot call itself: libmicrohttpd's variadic functions,
 * a logger that receives a va_list, and epoll, which no module of the C library has.
 */
#ifndef MARTLET_MICROHTTPD_SHIM_H
#define MARTLET_MICROHTTPD_SHIM_H

#include <microhttpd.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>

/* Receives libmicrohttpd's messages, formatted. Must outlive the daemon. */
struct mhd_logger {
	void *context;
	void (*write)(void *context, const char *line);
};

struct mhd_settings {
	MHD_socket listen_socket;
	/* Whether connections are TLS's; each is to be given a certificate when it begins. */
	int tls;
	unsigned int threads;
	unsigned int connections;
	unsigned int connections_per_address;
	unsigned int timeout_seconds;
	size_t connection_memory;
	struct mhd_logger *logger;
	MHD_AccessHandlerCallback handle;
	MHD_RequestCompletedCallback completed;
	MHD_NotifyConnectionCallback connection;
	/* First argument of these callbacks. */
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

/*
 * gnutls_certificate_retrieve_function2, without the header of its types: none.
 * libmicrohttpd wants a certificate for ever, or such a function, which is not
 * told whose the connection is. So each connection is given its own when it
 * begins, and one that was not cannot shake hands.
 */
static inline int mhd_no_certificate(void *session, const void *issuers, int issuer_count,
				     const void *algorithms, int algorithm_count,
				     void **certificates, unsigned int *certificate_count, void **key)
{
	(void)session;
	(void)issuers;
	(void)issuer_count;
	(void)algorithms;
	(void)algorithm_count;
	(void)certificates;
	(void)certificate_count;
	(void)key;
	return -1;
}

/*
 * MHD_start_daemon(). The logger comes first, or start-up messages go to stderr.
 * Owns the listening socket from here on, also where it fails.
 */
static inline struct MHD_Daemon *mhd_start(const struct mhd_settings *s)
{
	/* TLS 1.2 and later (RFC 8996), with what GnuTLS takes for secure of them. */
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)mhd_no_certificate },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
		  (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

	/*
	 * With epoll, libmicrohttpd 0.9.75 tries again and again to go on with a
	 * handshake whose peer has stopped in the middle: one costs a whole core.
	 * With poll, connections that are not suspended cost each event a little.
	 */
	unsigned int polling = s->tls ? MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS :
					MHD_USE_EPOLL_INTERNAL_THREAD;

	return MHD_start_daemon(
		polling | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
		0, NULL, NULL, s->handle, s->context,
		MHD_OPTION_EXTERNAL_LOGGER, mhd_log, s->logger,
		MHD_OPTION_LISTEN_SOCKET, s->listen_socket,
		MHD_OPTION_NOTIFY_COMPLETED, s->completed, s->context,
		MHD_OPTION_NOTIFY_CONNECTION, s->connection, s->context,
		MHD_OPTION_UNESCAPE_CALLBACK, mhd_keep_escapes, NULL,
		MHD_OPTION_CONNECTION_LIMIT, s->connections,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->connections_per_address,
		MHD_OPTION_CONNECTION_TIMEOUT, s->timeout_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->connection_memory,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		/* A pool of one is not a pool: libmicrohttpd wants more than 1, or none. */
		MHD_OPTION_THREAD_POOL_SIZE, s->threads > 1 ? s->threads : 0,
		MHD_OPTION_ARRAY, s->tls ? tls : none,
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

/* struct ucred of <sys/socket.h>, which only GNU sources get to see (unix(7)). */
struct mhd_credentials {
	int pid;
	unsigned int uid;
	unsigned int gid;
};

/* MHD_get_connection_info(): the socket, or -1. */
static inline MHD_socket mhd_socket(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? info->connect_fd : -1;
}

/* MHD_get_connection_info(): the gnutls_session_t, or NULL where there is no TLS. */
static inline void *mhd_tls_session(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info ? info->tls_session : NULL;
}

/* epoll_create1(): a descriptor that is readable while a watched peer has ended, or -1. */
static inline int ends_open(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

/* epoll_ctl(): has the peer's end told, once, until the socket is closed. */
static inline int ends_watch(int ends, int socket)
{
	struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET };

	event.data.fd = socket;
	return epoll_ctl(ends, EPOLL_CTL_ADD, socket, &event);
}

#define ENDS_MAX 64

/* epoll_wait(): fills in sockets whose peers have ended, and returns how many. */
static inline int ends_take(int ends, int *sockets)
{
	struct epoll_event events[ENDS_MAX];
	int count = epoll_wait(ends, events, ENDS_MAX, 0);

	for (int i = 0; i < count; i++)
		sockets[i] = events[i].data.fd;
	return count;
}

/* poll(): whether the peer sends nothing any more. EPOLLRDHUP is POLLRDHUP without feature macro. */
static inline int peer_ended(int socket)
{
	struct pollfd question = { .fd = socket, .events = EPOLLRDHUP };

	return poll(&question, 1, 0) > 0;
}

#endif
