// Whoever presses something sees at once that it was heard: a line runs along the top until the page
// changes, however busy the server is.
(() => {
  const root = document.documentElement;
  let ends = 0;

  function end() {
    clearTimeout(ends);
    root.classList.remove("asking");
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("button, a[href], .q-item--clickable, [role=menuitem], [role=option], [role=switch]")) return;
    root.classList.add("asking");
    clearTimeout(ends);
    // What is pressed may change nothing that is seen.
    ends = setTimeout(end, 4000);
  });
  new MutationObserver((changes) => {
    const ripple = (one) => one.target.closest?.(".q-ripple, .q-btn, .q-focus-helper");
    if (root.classList.contains("asking") && changes.some((one) => !ripple(one))) end();
  }).observe(document.body ?? root, { childList: true, characterData: true, subtree: true });
})();
