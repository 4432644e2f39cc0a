/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* filters_probe.h - bpf/lib/filters.h as a function that tests can call. */
#ifndef MARTLET_FILTERS_PROBE_H
#define MARTLET_FILTERS_PROBE_H

/* selectors_find of a `struct hook_spec`, passed by address so that its type stays CWire's. */
unsigned int filters_probe_find(const void *spec, unsigned int tgid, unsigned long long sets);

#endif
