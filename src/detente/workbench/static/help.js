// The sentence of a term, shown while the pointer or the focus is on the term or on the sentence, until
// Escape puts it away. One element serves the whole page.
(() => {
  const box = document.createElement("div");
  box.id = "sentence-of-a-term";
  box.className = "sentence-of-a-term";
  box.setAttribute("role", "tooltip");
  let shown = null;
  let leaving = 0;

  function place(term) {
    const at = term.getBoundingClientRect();
    const width = Math.min(320, innerWidth - 16);
    box.style.width = `${width}px`;
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    const below = at.bottom + 6;
    const fits = below + box.offsetHeight < innerHeight;
    box.style.top = `${fits ? below : Math.max(4, at.top - box.offsetHeight - 6)}px`;
  }

  function show(term) {
    clearTimeout(leaving);
    if (shown === term) return;
    hide();
    shown = term;
    box.textContent = term.dataset.help;
    (term.closest("[role=dialog], main, header") ?? document.body).append(box);
    term.setAttribute("aria-describedby", box.id);
    place(term);
  }

  function hide() {
    clearTimeout(leaving);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    box.remove();
  }

  const term = (event) => event.target.closest?.("[data-help]");
  document.addEventListener("mouseover", (event) => {
    if (term(event)) show(term(event));
    else if (box.contains(event.target)) clearTimeout(leaving);
  });
  document.addEventListener("mouseout", (event) => {
    if ((term(event) || box.contains(event.target)) && shown !== document.activeElement) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, 300);
    }
  });
  document.addEventListener("focusin", (event) => (term(event) ? show(term(event)) : shown && hide()));
  // Not at once: until the focus has come to where it goes, it is nowhere.
  document.addEventListener("focusout", (event) => {
    if (term(event) === shown) setTimeout(() => shown !== document.activeElement && hide());
  });
  document.addEventListener("scroll", () => shown && place(shown), true);
  document.addEventListener("keydown", (event) => event.key === "Escape" && shown && hide());

  // What an address names after its # may come later than the page.
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted) {
    const seek = () => {
      const found = document.getElementById(wanted);
      if (!found) return false;
      found.scrollIntoView();
      found.tabIndex = -1;
      found.focus();
      return true;
    };
    const looking = new MutationObserver(() => seek() && looking.disconnect());
    if (!seek()) looking.observe(document.documentElement, { childList: true, subtree: true });
  }
})();
