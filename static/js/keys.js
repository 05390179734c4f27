/* Keys of a page: bind({ "/": focusSearch, "Control+Enter": save, "?": showKeys }). */

/** Tell whether what is typed now goes into a field. */
function isTyping(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]");
}

/** Name the pressed keys as KeyboardEvent does, with the modifier before: "Control+Enter". */
function nameOf(event) {
  const control = event.ctrlKey || event.metaKey ? "Control+" : "";
  return `${control}${event.altKey ? "Alt+" : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
}

/** Call `actions[name]` when its keys are pressed; single letters only outside of fields. */
export function bind(actions, target = document) {
  target.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const name = nameOf(event);
    const action = actions[name];
    if (!action || (!name.includes("+") && event.key !== "Escape" && isTyping(event.target))) return;
    event.preventDefault();
    action(event);
  });
}
