"""Prints each event of a stream as a line of JSON: its id, its name and its data.

usage: events.py URL

The library connects again by itself, behind the last event that it has.
"""

import json
import sys

from requests_sse import EventSource

with EventSource(sys.argv[1]) as events:
    for event in events:
        seen = {"id": event.last_event_id, "name": event.type, "data": json.loads(event.data)}
        print(json.dumps(seen), flush=True)
