// The text filter: words that must all occur; `!word` must not. Case does not matter.

/** A function that tells whether a described event passes. */
export function makeFilter(text) {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "" && word !== "!");
  const wanted = words.filter((word) => !word.startsWith("!"));
  const refused = words.filter((word) => word.startsWith("!")).map((word) => word.slice(1));
  if (words.length === 0) return () => true;
  return (view) => {
    const text = searchText(view);
    return wanted.every((word) => text.includes(word))
      && !refused.some((word) => text.includes(word));
  };
}

/** What is searched. Made once per event: a filter is run over thousands of them per key press. */
function searchText(view) {
  view.searchText ??= [
    view.policy, view.enforcement?.word ?? "", view.commandLine, view.pid, view.call, view.argsText,
    view.result.value,
  ].join(" ").toLowerCase();
  return view.searchText;
}
