// The frame of a training stays above dialogs, which browsers draw above all else.
const frame = document.querySelector(".training-frame");

/** Draw the frame where dialogs are, after the one that was opened last; on paper it is drawn as on every page. */
function raise() {
  if (frame.matches(":popover-open")) frame.hidePopover();
  if (document.querySelector("dialog:modal")) frame.showPopover();
}

document.addEventListener("toggle", ({ target }) => target instanceof HTMLDialogElement && raise(), true);
addEventListener("beforeprint", () => frame.matches(":popover-open") && frame.hidePopover());
