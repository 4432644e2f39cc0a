/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#include "filters_probe.h"
#include "filters.h"

_Bool filters_probe_take(const void *spec, unsigned int tgid, unsigned long long sets)
{
	return selectors_take(spec, tgid, sets);
}
