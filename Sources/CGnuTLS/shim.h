/* shim.h - GnuTLS, which libmicrohttpd encrypts with. */
#include <gnutls/gnutls.h>
