// Sends what an instructor asks of a debrief, and shows the page anew while plans are compared.
import { sendForms } from "../pages/forms.js";
import { listen } from "../pages/stream.js";
import "../pages/theme.js";

/** How often the progress is read, in ms, and how many times as long as the page took to come: it is computed anew. */
const FOLLOW_MS = 4000;
const FOLLOW_TIMES = 10;

sendForms({ wanted: () => ({}), sent: () => location.reload() });

document.getElementById("print").addEventListener("click", () => print());
listen();
if (document.querySelector("[data-follow]")) {
  const [{ responseEnd: cameMs }] = performance.getEntriesByType("navigation");
  setTimeout(() => location.reload(), Math.max(FOLLOW_MS, FOLLOW_TIMES * cameMs));
}
