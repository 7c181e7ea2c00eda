// No press is lost. What a person presses may move, or be made anew, before the pointer is up again, or
// before the server hears of it. Then the browser, or the page library, would drop the press without a
// word. Here a press counts for what was under the pointer when it went down.
(() => {
  const CONTROLS =
    "button, a[href], .q-item--clickable, [role=button], [role=menuitem], [role=option], [role=switch], [role=tab]";
  // Names in a form tell places, where another entry may stand by now. Its parts are not made anew.
  const BY_PLACE = ".by-place";
  const STILL = 6;
  const SHORT = 700;
  const PATIENCE = 10000;
  let held = null;
  let released = null;
  let clicked = null;

  const name = (control) => control.getAttribute("aria-label") || control.innerText.trim();
  const press = (control, { clientX, clientY }) => ({
    control,
    name: control.closest(BY_PLACE) ? "" : name(control),
    at: [clientX, clientY],
    time: performance.now(),
  });

  // The control itself, or the only one that has come for it.
  function heir(was) {
    if (was.control.isConnected) return was.control;
    const like = [...document.querySelectorAll(was.control.tagName)].filter(
      (one) => was.name && one.matches(CONTROLS) && !one.closest(BY_PLACE) && name(one) === was.name,
    );
    return like.length === 1 ? like[0] : null;
  }

  const letGo = () => (held = null);
  document.addEventListener("pointercancel", letGo, true);
  document.addEventListener("contextmenu", letGo, true);
  document.addEventListener(
    "pointerdown",
    (event) => {
      const control = event.isPrimary && event.button === 0 && event.target.closest?.(CONTROLS);
      held = control ? press(control, event) : null;
    },
    true,
  );
  document.addEventListener(
    "pointerup",
    ({ clientX, clientY, pointerType }) => {
      const was = (released = held);
      held = null;
      if (!was || Math.hypot(clientX - was.at[0], clientY - was.at[1]) > STILL) return;
      // Whoever rests on a touch screen does not press.
      if (pointerType === "touch" && performance.now() - was.time > SHORT) return;
      // After the click, where there is one.
      setTimeout(() => was.heard || heir(was)?.click(), 0);
    },
    true,
  );
  document.addEventListener(
    "click",
    (event) => {
      const control = event.target.closest?.(CONTROLS);
      if (!control) return;
      if (released?.control === control) released.heard = true;
      clicked = press(control, event);
    },
    true,
  );

  // The server has heard of a part that was gone by then.
  window.detentePressAgain = function again() {
    const was = clicked;
    if (!was || was.again || was.control.isConnected || performance.now() - was.time > PATIENCE) return;
    const now = heir(was);
    if (!now) return setTimeout(again, 50);
    was.again = true;
    now.click();
  };
})();
