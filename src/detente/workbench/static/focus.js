// Keys go to where a person is. When what has the focus is moved in the page, it keeps it; when it goes,
// what stands in its place gets it: the part with the same name, or what is next in what was around it.
(() => {
  const FOCUSABLE =
    "input:not([disabled]), textarea:not([disabled]), button:not([disabled]), a[href], [tabindex]:not([tabindex='-1'])";
  let last = null;
  let around = [];
  let pressed = 0;
  // On its way from one part to another the focus is nowhere for a moment.
  let underway = false;

  document.addEventListener("pointerdown", () => (pressed = performance.now()), true);
  document.addEventListener("focusin", ({ target }) => {
    underway = false;
    last = target;
    around = [];
    for (let one = target.parentElement; one; one = one.parentElement) around.push(one);
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    underway = !!relatedTarget;
    // Whoever presses beside everything wants the focus nowhere.
    if (!relatedTarget && target.isConnected && performance.now() - pressed < 50) last = null;
  });

  function heir() {
    if (last.isConnected && !last.matches(":disabled")) return last;
    const name = last.getAttribute("aria-label");
    if (name) {
      for (const one of document.querySelectorAll("[aria-label]")) {
        if (one.getAttribute("aria-label") === name && one.matches(FOCUSABLE)) return one;
      }
    }
    const rest = around.find((one) => one.isConnected && one !== document.body && one.querySelector(FOCUSABLE));
    // A button or link without such a name is known by its words.
    const words = last.textContent.trim();
    if (!name && words && !last.isConnected) {
      const alike = [...(rest?.querySelectorAll(FOCUSABLE) ?? [])].find(
        (one) => one.tagName === last.tagName && one.textContent.trim() === words,
      );
      if (alike) return alike;
    }
    if (!last.isConnected) return rest?.querySelector(FOCUSABLE);
    // A button that can do no more, such as one that has moved an entry to the top: what comes next.
    const stops = [...(rest?.querySelectorAll(FOCUSABLE) ?? [])];
    const follows = (one) => last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
    return stops.find(follows) ?? stops.at(-1);
  }

  new MutationObserver(() => {
    const now = document.activeElement;
    if (underway || !last || (now && now !== document.body && !now.matches(":disabled"))) return;
    const selection = [last.selectionStart, last.selectionEnd];
    const found = heir();
    if (!found) return;
    const same = found === last;
    found.focus({ preventScroll: true });
    if (same && selection[0] != null) found.setSelectionRange(...selection);
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["disabled"] });
})();
