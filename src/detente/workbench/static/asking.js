// Whoever presses something sees at once that it was heard: a line runs along the top, shown by the
// browser itself however busy the server is, until what the server answers is on the page.
(() => {
  const CONTROLS = "button, a[href], .q-item--clickable, [role=menuitem], [role=option], [role=switch]";
  const ANSWERS = new Set(["update", "run_javascript", "open", "download", "notify"]);
  const OWN = ".q-ripple, .q-btn, .q-focus-helper";
  // So long the line runs at most: what is pressed may change nothing that is seen.
  const MOST = 4000;
  // An answer may be seen in no part of the page.
  const UNSEEN = 300;
  const root = document.documentElement;
  let socket = null;
  let asked = false;
  let answered = false;
  let ends = 0;

  function endAfter(time) {
    clearTimeout(ends);
    ends = setTimeout(end, time);
  }

  function end() {
    clearTimeout(ends);
    asked = answered = false;
    root.classList.remove("asking");
  }

  function listen() {
    if (!window.socket || window.socket === socket) return;
    socket = window.socket;
    socket.onAnyOutgoing((kind) => {
      if (kind === "event" && root.classList.contains("asking")) asked = true;
    });
    socket.onAny((kind) => {
      if (!asked || answered || !ANSWERS.has(kind)) return;
      answered = true;
      endAfter(UNSEEN);
    });
  }

  document.addEventListener(
    "click",
    (event) => {
      if (!event.target.closest?.(CONTROLS)) return;
      listen();
      asked = answered = false;
      root.classList.add("asking");
      endAfter(MOST);
    },
    true,
  );
  // What the browser does of itself, such as to open a fold, is no answer to what the server is asked.
  new MutationObserver((changes) => {
    if (!root.classList.contains("asking") || (asked && !answered)) return;
    if (changes.some(({ target }) => !target.closest?.(OWN))) end();
  }).observe(document.body ?? root, { childList: true, characterData: true, subtree: true });
})();
