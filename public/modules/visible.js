// Text from traced processes is hostile: it may hold line breaks, terminal codes, or characters
// that reorder what stands beside them. Everything that has no glyph of its own is spelled out.

const unseen = /[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const short = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function spell(character) {
  const code = character.codePointAt(0);
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

/** The text on one line, with backslash escapes for what a reader could not see. */
export function visible(text) {
  return String(text).replace(unseen, (character) => short[character] ?? spell(character));
}

/** The text in double quotes, so that its ends and its spaces show. */
export function quoted(text) {
  return `"${visible(text).replaceAll('"', '\\"')}"`;
}

/** Indented JSON. It is escaped with JSON's own escapes, so a copy still parses to the same value. */
export function visibleJSON(value) {
  return JSON.stringify(value, null, 2).replace(unseen, (character) => {
    if (character === "\n" || character === "\\") return character; // JSON's own
    return Array.from({ length: character.length }, (_, unit) => {
      return `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`;
    }).join("");
  });
}

/** At most `limit` characters, the last one an ellipsis where something is missing. */
export function clipped(text, limit) {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
