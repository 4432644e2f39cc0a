"""What random requests need to know of the service."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """Has every stream end after a second; others would last as long as they were asked to."""
    if case.operation.path != "/v1/events" or not isinstance(case.query, dict):
        return
    timeout = case.query.get("timeout", 1)
    # What is no number of seconds stays, and is refused.
    if str(timeout).isdecimal() and 1 <= int(timeout) <= 86_400:
        case.query["timeout"] = 1
