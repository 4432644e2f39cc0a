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


# The same of the function behind the call, and what of it can be told when it is entered.
_DO_PIPE2 = {**_PIPE2, "call": "do_pipe2", "syscall": False}
_DO_PIPE2_FLAGS = {
    "call": "do_pipe2", "syscall": False, "args": _PIPE2["args"][1:], "return": False}

# What attach methods are compared on, by the first word of the hand-written program's way.
TARGETS = {"call": _PIPE2, "function": _DO_PIPE2, "flags": _DO_PIPE2_FLAGS}


def _policy(name, hooks, pid, **spec):
    selectors = [{"matchPIDs": [{"operator": "In", "values": [pid]}]}]
    common = {"syscall": True, "return": True, "selectors": selectors}
    hooks = [{**common, **hook} for hook in hooks]
    for hook in hooks:
        if hook["return"]:
            hook["returnArg"] = {"index": 0, "type": "int"}
    # JSON is YAML.
    return json.dumps({
        "apiVersion": "cilium.io/v1alpha1", "kind": "TracingPolicy", "metadata": {"name": name},
        "spec": {"kprobes": hooks, **spec},
    })


def _by(method):
    return [{"name": "attach-method", "value": method}]


def one_call(call, pid):
    """A policy named for its call, which reports the calls of one process."""
    return _policy(call, [_CALLS[call]], pid)


def one_target(target, method, pid):
    """A policy named for one of the targets, attached by this method."""
    return _policy(target, [TARGETS[target]], pid, options=_by(method))


def whole_list(kind, names, method, returns, message="first"):
    """A policy `list`: one hook on each of the names, system calls or functions."""
    hook = {
        "call": "list:names", "syscall": kind == "syscalls", "return": returns,
        "message": message,
    }
    names = {"name": "names", "values": names} | (
        {"type": "syscalls"} if kind == "syscalls" else {})
    return _policy("list", [hook], NOBODY, options=_by(method), lists=[names])


def calls_with_parameters(count):
    """The first of the kernel's system calls that have a parameter and return."""
    folder = tracefs.PATH / "events" / "syscalls"
    names = sorted(path.name.removeprefix("sys_enter_") for path in folder.glob("sys_enter_*"))
    return [
        f"sys_{name}" for name in names
        if name not in _NEVER_RETURN
        and "offset:16;" in (folder / f"sys_enter_{name}" / "format").read_text()
    ][:count]


def many_calls(count, pid):
    """A policy `many`: one hook on each of the first `count` calls that have a parameter."""
    argument = {"index": 0, "type": "uint64"}
    hooks = [{"call": name, "args": [argument]} for name in calls_with_parameters(count)]
    return _policy("many", hooks, pid)
