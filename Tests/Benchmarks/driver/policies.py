"""The policies that are measured."""

import json
import tracefs

# PID_MAX_LIMIT: the kernel gives numbers below it, so this process makes no calls.
NOBODY = 4_194_304

_PIPE2 = {
    "call": "sys_pipe2",
    "args": [
        {"index": 0, "type": "int32_arr", "label": "pipefd", "returnCopy": True},
        {"index": 1, "type": "int", "label": "flags"},
    ],
}
# The same record as pipe2's, from a call that takes a tenth of the time.
_GETGROUPS = {
    "call": "sys_getgroups",
    "args": [
        {"index": 1, "type": "int32_arr", "label": "list", "returnCopy": True},
        {"index": 0, "type": "int", "label": "size"},
    ],
}
_NEVER_RETURN = {"exit", "exit_group"}
_CALLS = {"pipe2": _PIPE2, "getgroups": _GETGROUPS}


def _policy(name, hooks, pid):
    selectors = [{"matchPIDs": [{"operator": "In", "values": [pid]}]}]
    common = {
        "syscall": True, "return": True, "returnArg": {"index": 0, "type": "int"},
        "selectors": selectors,
    }
    # JSON is YAML.
    return json.dumps({
        "apiVersion": "cilium.io/v1alpha1", "kind": "TracingPolicy", "metadata": {"name": name},
        "spec": {"kprobes": [{**hook, **common} for hook in hooks]},
    })


def one_call(call, pid):
    """A policy named for its call, which reports the calls of one process."""
    return _policy(call, [_CALLS[call]], pid)


def many_calls(count, pid):
    """A policy `many`: one hook on each of the first `count` calls that have a parameter."""
    folder = tracefs.PATH / "events" / "syscalls"
    names = sorted(path.name.removeprefix("sys_enter_") for path in folder.glob("sys_enter_*"))
    usable = [
        name for name in names
        if name not in _NEVER_RETURN
        and "offset:16;" in (folder / f"sys_enter_{name}" / "format").read_text()
    ]
    argument = {"index": 0, "type": "uint64"}
    hooks = [{"call": f"sys_{name}", "args": [argument]} for name in usable[:count]]
    return _policy("many", hooks, pid)
