// Sends what an instructor asks of a debrief, and shows the page anew while plans are compared.
import { sendForms } from "../pages/forms.js";
import { listen } from "../pages/stream.js";
import "../pages/theme.js";

/** How often the progress is read, in ms. */
const FOLLOW_MS = 4000;

sendForms({ wanted: () => ({}), sent: () => location.reload() });

document.getElementById("print").addEventListener("click", () => print());
listen();
if (document.querySelector("[data-follow]")) setTimeout(() => location.reload(), FOLLOW_MS);
