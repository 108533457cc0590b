// Starts, stops and deletes the rehearsal of a city, and follows how far it is.
import { sendForms } from "../pages/forms.js";
import { get } from "../pages/net.js";
import { latinDigits } from "../pages/number-fields.js";
import { t } from "../pages/texts.js";
import "../pages/theme.js";

const LOOK_MS = 2000;
const LONGEST_NAME = 100;

const shown = document.getElementById("sandbox");

/** The scenario that is chosen: one that ships, or somebody's file with its name. */
async function chosen({ scenario, file }) {
  if (scenario.value !== "own") return { scenario: scenario.value };
  const [own] = file.files;
  if (!own) throw Object.assign(new Error(t("Choose the file of the scenario.")), { values: { field: "file" } });
  return { scenario: own.name.replace(/\.toml$/, "").slice(0, LONGEST_NAME), toml: await own.text() };
}

async function wanted(form) {
  if (form.id !== "start") return {};
  const { speed, port } = form.elements;
  const place = latinDigits(port.value.trim());
  return { ...(await chosen(form.elements)), speed: Number(speed.value), ...(place ? { port: place } : {}) };
}

/** Say how far it is; while an order to stop is under way, that. */
function say(told) {
  const stopping = document.querySelector('[data-path$="/stop"] button:disabled');
  document.getElementById("told").textContent = stopping ? t("Stopping…") : told;
}

/** Show how far it is; once that changes what can be done, show the page anew. */
async function follow() {
  try {
    const { told, time, step } = await get("/api/training/sandbox");
    if (step !== shown.dataset.step) return location.reload();
    say(told);
    document.getElementById("time").textContent = time;
  } catch {
    // The next look may succeed.
  }
  setTimeout(follow, LOOK_MS);
}

sendForms({ wanted });
document.querySelector("#start [type=file]")?.addEventListener("change", ({ target }) => {
  target.form.querySelector('[name="scenario"][value="own"]').checked ||= target.files.length > 0;
});
if (shown?.dataset.running === "true") {
  shown.addEventListener("submit", () => setTimeout(() => say(document.getElementById("told").textContent)));
  setTimeout(follow, LOOK_MS);
}
