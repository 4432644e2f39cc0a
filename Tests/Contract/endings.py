"""Has every request for the stream end by itself: after an event, or a second."""

import schemathesis


@schemathesis.hook
def map_query(context, query):
    operation = context.operation
    if operation is not None and operation.path == "/v1/events":
        query = dict(query or {})
        query.setdefault("since", "oldest")
        query.setdefault("limit", 1)
        query.setdefault("timeout", 1)
    return query
