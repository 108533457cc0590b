// Sends what a dispatcher says of a called machine, and shows how things stand then.
import { sendForms } from "../../pages/forms.js";
import "../../pages/theme.js";
import { numberIn } from "../../pages/number-fields.js";

function wanted(form) {
  const { vehicle, comes } = form.dataset;
  if (vehicle) return { vehicle_id: Number(vehicle) };
  if (!comes) return {};
  const minutes = form.elements.expected_in_min?.value;
  return { comes: comes === "yes", ...(minutes ? { expected_in_min: numberIn(minutes) } : {}) };
}

sendForms({ wanted });
