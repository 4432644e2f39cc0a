// Arguments and return values of an event as a person reads them.

import { errnoName } from "./errno.js";
import { quoted, visible } from "./visible.js";

const more = (argument) => (argument.truncated ? "…" : "");

/** How the value of each kind of argument is written. Kinds without an entry are written as JSON. */
const writers = {
  int_arg: (value) => String(value),
  uint_arg: (value) => String(value),
  long_arg: (value) => String(value),
  size_arg: (value) => String(value),
  string_arg: (value, argument) => quoted(value) + more(argument),
  bytes_arg: (value, argument) => quoted(value) + more(argument),
  file_arg: (value) => quoted(value.path ?? ""),
  path_arg: (value) => quoted(value.path ?? ""),
  int32_list_arg: (value, argument) => {
    const items = [...(value.values ?? [])];
    if (argument.truncated) items.push("…");
    return `[${items.join(", ")}]`;
  },
  error_arg: (value) => `<${value.Message ?? value.message ?? "unreadable"}>`,
};

/** The member that carries the value: `[kind, value]`. The others describe it. */
function content(argument) {
  const found = Object.entries(argument).find(([name]) => name.endsWith("_arg"));
  return found ?? ["unknown_arg", argument];
}

/**
 * One argument: `{ label, value, kind }`, all of them text that is safe to show.
 * `kind` is "number", "text", "list", "error" or "other".
 */
export function readArgument(argument) {
  const [name, value] = content(argument);
  const label = argument.label ? visible(argument.label) : "";
  let text;
  try {
    text = writers[name]?.(value, argument);
  } catch {
    text = undefined; // not of the shape that its name promises
  }
  return { label, value: visibleOnce(name, text ?? JSON.stringify(value)), kind: kindOf(name) };
}

/** Quoted values are escaped already; a second time would double their backslashes. */
function visibleOnce(name, text) {
  return kindOf(name) === "text" ? text : visible(text);
}

function kindOf(name) {
  if (["string_arg", "bytes_arg", "file_arg", "path_arg"].includes(name)) return "text";
  if (["int_arg", "uint_arg", "long_arg", "size_arg"].includes(name)) return "number";
  if (name === "int32_list_arg") return "list";
  return name === "error_arg" ? "error" : "other";
}

/** `pipefd=[3, 4] flags=524288` */
export function writeArguments(read) {
  return read.map(({ label, value }) => (label ? `${label}=${value}` : value)).join(" ");
}

/** A return value: `{ value, failed }`; "-9 EBADF" and true where it is an error number. */
export function readResult(result) {
  if (!result) return { value: "", failed: false };
  const { value, kind } = readArgument(result);
  const name = kind === "number" ? errnoName(value) : null;
  return name ? { value: `${BigInt.asIntN(64, BigInt(value))} ${name}`, failed: true }
    : { value, failed: kind === "error" };
}
