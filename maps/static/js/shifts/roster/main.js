// Sends what a dispatcher says of shifts, machines and notes, and shows how things stand then, without leaving the page.
import { sendForms, wake } from "../../pages/forms.js";
import "../../pages/theme.js";
import { placeBars, startBulk } from "./bulk.js";

const LIVE = ["misfits", "live", "notes"];
const fault = document.getElementById("fault");

const filled = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, name === "long_hours" ? true : value]));

function wanted(form) {
  const { vehicle, on } = form.dataset;
  if (vehicle) return { ...filled(form), vehicle_id: Number(vehicle) };
  if (on) return { ...filled(form), on: on === "yes" };
  return filled(form);
}

/** Show the page as it is now, where one is on it. */
async function renew() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of LIVE) {
    const [old, now] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !now) continue;
    old.replaceWith(document.adoptNode(now));
    wake(now);
  }
  fault.hidden = true;
  placeBars();
  bulk?.follow();
  return undefined;
}

/** A chip of a form sets when the shift ends; it is saved with the rest of the form. */
document.addEventListener("click", ({ target }) => {
  const { ends } = target.dataset ?? {};
  if (ends) target.closest("form").elements.ends_at.value = ends;
});

placeBars();
const bulk = startBulk(renew);
sendForms({
  wanted,
  headers: ({ dataset: { version } }) => (version ? { "if-match": version } : {}),
  sent: renew,
});
