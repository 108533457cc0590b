// Sends what a supervisor decides about how long plans assume work to take.
import { sendForms } from "../pages/forms.js";
import "../pages/theme.js";

/** The number of the last change that this page shows, under the name that the order has for it. */
sendForms({ wanted: (form) => ({ [form.dataset.name]: Number(form.dataset.change) }) });
