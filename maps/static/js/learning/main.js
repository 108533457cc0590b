// Sends what a supervisor decides about how long plans assume work to take.
import { sendForms } from "../pages/forms.js";
import "../pages/theme.js";

/** The storms that are ticked, or the number of the last change that this page shows, under the name that the order has for it. */
function wanted(form) {
  if (form.classList.contains("learn")) return { storms: new FormData(form).getAll("storms").map(Number) };
  return form.dataset.name ? { [form.dataset.name]: Number(form.dataset.change) } : {};
}

sendForms({ wanted });
