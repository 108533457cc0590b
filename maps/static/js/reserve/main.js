// Sends what a dispatcher says of a called machine, and shows how things stand then.
import { post } from "../core/net.js";
import "../core/theme.js";
import { numberIn } from "../machines/numbers.js";

const fault = document.getElementById("fault");

function wanted(form) {
  const { vehicle, comes } = form.dataset;
  if (vehicle) return { vehicle_id: Number(vehicle) };
  if (!comes) return {};
  const minutes = form.elements.minutes?.value;
  return { comes: comes === "yes", ...(minutes ? { expected_in_min: numberIn(minutes) } : {}) };
}

async function send(event) {
  const form = event.target.closest("form[data-path]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  fault.hidden = true;
  try {
    await post(form.dataset.path, wanted(form));
    location.reload();
  } catch (error) {
    fault.textContent = error.message;
    fault.hidden = false;
    fault.scrollIntoView({ block: "nearest" });
    button.disabled = false;
  }
}

document.addEventListener("submit", send);
