// Starts, stops and deletes the rehearsal of a city, and follows how far it is.
import { sendForms } from "../pages/forms.js";
import { get } from "../pages/net.js";
import "../pages/theme.js";

const LOOK_MS = 2000;

const shown = document.getElementById("sandbox");

let own = null; // the words of a chosen file, read before they are sent

async function read(field) {
  const file = field.files[0];
  own = file ? { scenario: file.name.replace(/\.toml$/, ""), toml: await file.text() } : null;
  if (own) field.form.elements.scenario.value = "";
}

function wanted(form) {
  if (form.id !== "start") return {};
  const { scenario, speed, port } = form.elements;
  const chosen = scenario.value ? { scenario: scenario.value } : (own ?? { scenario: "" });
  return { ...chosen, speed: Number(speed.value), ...(port.value ? { port: Number(port.value) } : {}) };
}

/** Show how far it is; once that changes what can be done, show the page anew. */
async function follow() {
  try {
    const { told, time, step } = await get("/api/training/sandbox");
    if (step !== shown.dataset.step) return location.reload();
    document.getElementById("told").textContent = told;
    document.getElementById("time").textContent = time;
  } catch {
    // The next look may succeed.
  }
  setTimeout(follow, LOOK_MS);
}

sendForms({ wanted });
document.querySelector("#start [type=file]")?.addEventListener("change", ({ target }) => read(target));
if (shown?.dataset.running === "true") setTimeout(follow, LOOK_MS);
