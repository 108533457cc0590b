// Sends what a dispatcher says of shifts, machines and notes, and shows how things stand then.
import { sendForms } from "../../pages/forms.js";
import "../../pages/theme.js";

const fault = document.getElementById("fault");

const filled = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, name === "long_hours" ? true : value]));

function wanted(form) {
  const { vehicle, on } = form.dataset;
  if (vehicle) return { ...filled(form), vehicle_id: Number(vehicle) };
  if (on) return { ...filled(form), on: on === "yes" };
  return filled(form);
}

function refuse(form, message) {
  form.querySelector(".problem")?.remove();
  const place = form.closest("details") ? form.appendChild(document.createElement("p")) : fault;
  place.className = "problem";
  place.setAttribute("role", "alert");
  place.textContent = message;
  place.hidden = false;
}

/** Put what belongs to a time where it is on the scale; a page may not carry styles of its own. */
for (const part of document.querySelectorAll("[data-at]")) {
  part.style.insetInlineStart = `${part.dataset.at}%`;
  if (part.dataset.width) part.style.inlineSize = `${part.dataset.width}%`;
}

sendForms({
  wanted,
  headers: ({ dataset: { version } }) => (version ? { "if-match": version } : {}),
  refuse,
});
