// Sends what a crew says of its jobs, and shows the list anew whenever it changes.
import { sendForms } from "../core/forms.js";
import { listen } from "../core/stream.js";
import "../core/theme.js";

const fault = document.getElementById("fault");
let sending = false;

sendForms({
  wanted: (form) => Object.fromEntries(new FormData(form)),
  refuse(form, message) {
    fault.textContent = message;
    fault.hidden = false;
    fault.scrollIntoView({ block: "nearest" });
  },
  sent() {
    sending = true;
    location.reload();
  },
});

/** A new list is shown at once, but not while somebody writes. */
function changed() {
  const writing = document.activeElement?.matches("textarea, select") || document.querySelector(".cannot[open]");
  if (!sending && !writing) location.reload();
}
listen({ crews: changed, storm: changed }, { heard() {}, lost() {}, resumed: changed });
