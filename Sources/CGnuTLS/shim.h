/* shim.h - TLS and hashing, from the library that libmicrohttpd brings along. */
#ifndef MARTLET_GNUTLS_SHIM_H
#define MARTLET_GNUTLS_SHIM_H

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#endif
