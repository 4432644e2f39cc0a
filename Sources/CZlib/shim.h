/*
 * shim.h - zlib's initialisers, which are macros that Swift cannot call.
 */
#ifndef MARTLET_ZLIB_SHIM_H
#define MARTLET_ZLIB_SHIM_H

#include <zlib.h>

/*
 * deflateInit2(): the fastest level, and a window of 8 KiB. A subscriber costs
 * 64 KiB so, and lines of JSON repeat themselves within a few.
 */
static inline int gzip_begin(z_stream *stream)
{
	return deflateInit2(stream, 1, Z_DEFLATED, 16 + 13, 6, Z_DEFAULT_STRATEGY);
}

/* inflateInit2(): reads what gzip_begin() has written. */
static inline int gunzip_begin(z_stream *stream)
{
	return inflateInit2(stream, 16 + 15);
}

#endif
