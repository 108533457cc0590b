// What a page would lose if it was loaded anew: words that are being written, and a file that was chosen.

const FIELDS = "textarea, select, input:not([type=hidden])";

/** Whether somebody writes on this page, or has left something in its forms. */
export const writing = () =>
  Boolean(document.activeElement?.matches(FIELDS)) ||
  [...document.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")].some(
    (field) => field.value !== field.defaultValue,
  );
