/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#include "filters_probe.h"
#include "filters.h"

unsigned int filters_probe_find(const void *spec, unsigned int tgid, unsigned long long sets)
{
	return selectors_find(spec, tgid, sets);
}
