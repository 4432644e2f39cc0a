"""Documents for checking: an ordinary one, and some that ask for as much work as they can."""

_HEAD = """\
apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata: {name: checked}
spec:
"""

_HOOK = """\
  - call: security_file_open
    syscall: false
    message: a file is opened
    args:
    - {index: 0, type: file, label: file}
    - {index: 1, type: int}
    return: true
    returnArg: {index: 0, type: int}
    selectors:
    - matchBinaries:
      - {operator: NotIn, values: [/usr/bin/backup, /usr/bin/find]}
      matchArgs:
      - index: 0
        operator: Prefix
        values: [/etc/, /boot/, /usr/lib/, /root/.ssh/, /var/log/]
      - {index: 1, operator: Mask, values: ["2", "4"]}
      matchActions:
      - {action: Post, rateLimit: 1m}
"""


def ordinary():
    """A policy of three hooks with filters."""
    return _HEAD + "  kprobes:\n" + 3 * _HOOK


def worst(size):
    """Documents of at most so many bytes, each with an error, by what they are full of."""
    def filled(start, unit, end=""):
        return start + unit * ((size - len(start) - len(end)) // len(unit)) + end

    def numbered(start, form, end=""):
        parts, left = [start], size - len(start) - len(end)
        while (left := left - len(part := form % len(parts))) >= 0:
            parts.append(part)
        return "".join(parts) + end

    spec = _HEAD + "  kprobes: [{call: sys_a, "
    filters = spec + "args: [{index: 0, type: %s}], selectors: [{matchArgs: [{operator: %s, values: ["
    macro = (
        _HEAD + "  selectorsMacros: {m: {matchArgs: [{operator: Equal, values: ["
        + "'x'," * 9_000 + "]}]}}\n  kprobes: [")
    return {
        "unknown fields": numbered(spec, "f%d: 1,", "}]"),
        "one field": filled(spec, "call: a,", "}]"),
        "unknown types": filled(spec + "args: [", "{index: 0, type: strnig},", "]}]"),
        "list values": filled(_HEAD + "  lists: [{name: a, values: [", "sys_a,", "]}]"),
        "wrong numbers": filled(filters % ("int", "InMap"), "'abc',", "]}]}]}]"),
        "wrong names": filled(filters % ("sock", "Family"), "'AF_INTE',", "]}]}]}]"),
        "empty lists": filled("", "- \n"),
        "brackets": filled("", "[],"),
        "a text": filled(_HEAD + "  x: \"", "x", "\""),
        "aliases": filled("a: &a [x]\nb: [", "*a,", "]"),
        "macros": filled(
            macro, "{call: a,selectors: [{macros: [m]},{macros: [m]},{macros: [m]}]},", "]"),
        "comments": filled("", "#x\n"),
    }
