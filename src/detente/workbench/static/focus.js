// Keys go to where a person is. When what has the focus is moved in the page, it keeps it; when it goes,
// what stands in its place gets it: the part with the same name, or what is next in what was around it.
(() => {
  const FOCUSABLE =
    "input:not([disabled]), textarea:not([disabled]), button:not([disabled]), a[href], [tabindex]:not([tabindex='-1'])";
  let last = null;
  let around = [];
  let pressed = 0;

  document.addEventListener("pointerdown", () => (pressed = performance.now()), true);
  document.addEventListener("focusin", ({ target }) => {
    last = target;
    around = [];
    for (let one = target.parentElement; one; one = one.parentElement) around.push(one);
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    // Whoever presses beside everything wants the focus nowhere.
    if (!relatedTarget && target.isConnected && performance.now() - pressed < 50) last = null;
  });

  function heir() {
    if (last.isConnected) return last;
    const name = last.getAttribute("aria-label");
    if (name) {
      for (const one of document.querySelectorAll("[aria-label]")) {
        if (one.getAttribute("aria-label") === name && one.matches(FOCUSABLE)) return one;
      }
    }
    const rest = around.find((one) => one.isConnected && one !== document.body);
    return rest?.querySelector(FOCUSABLE);
  }

  new MutationObserver(() => {
    if (!last || (document.activeElement && document.activeElement !== document.body)) return;
    const selection = [last.selectionStart, last.selectionEnd];
    const found = heir();
    if (!found) return;
    const same = found === last;
    found.focus({ preventScroll: true });
    if (same && selection[0] != null) found.setSelectionRange(...selection);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
