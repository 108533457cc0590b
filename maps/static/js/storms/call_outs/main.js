// Sends what a dispatcher says of a called machine, and shows how things stand then.
import { sendForms } from "../../pages/forms.js";
import "../../pages/theme.js";
import { numberIn } from "../../pages/number-fields.js";

const fault = document.getElementById("fault");

function wanted(form) {
  const { vehicle, comes } = form.dataset;
  if (vehicle) return { vehicle_id: Number(vehicle) };
  if (!comes) return {};
  const minutes = form.elements.minutes?.value;
  return { comes: comes === "yes", ...(minutes ? { expected_in_min: numberIn(minutes) } : {}) };
}

function refuse(_, message) {
  fault.textContent = message;
  fault.hidden = false;
  fault.scrollIntoView({ block: "nearest" });
}

sendForms({ wanted, refuse });
