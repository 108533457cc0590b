// Forms that scripts send rest (`inert`) until their script is there: a browser would send them
// by its own way before, which the server does not know, and what was filled in would be gone.
import { post } from "./net.js";

/** The field that a refusal is about, by its name in the form. */
function fieldOf(form, values) {
  const field = values?.field ? form.elements.namedItem(values.field) : null;
  return field instanceof HTMLElement && field.type !== "hidden" ? field : null;
}

function clear(form) {
  for (const old of form.querySelectorAll(".problem")) old.remove();
  const head = document.getElementById("fault");
  if (head) head.hidden = true;
  for (const field of form.elements) field.removeAttribute("aria-invalid");
}

/** Say why a form was refused: at the field that is meant, else below the fields, else at the head of the page. */
function refuse(form, { message, values }) {
  const field = fieldOf(form, values);
  const place = field || form.closest("details") ? document.createElement("p") : document.getElementById("fault");
  Object.assign(place, { className: "problem", textContent: message, hidden: false });
  place.setAttribute("role", "alert");
  if (field) {
    (field.closest("label") ?? field).after(place);
    field.setAttribute("aria-invalid", "true");
    field.focus();
  } else if (place.id !== "fault") form.append(place);
  place.scrollIntoView({ block: "nearest" });
}

/** Send every form with a `data-path` as what `wanted(form)` gives, then show how things stand, or what `sent` shows. */
export function sendForms({ wanted, headers = () => ({}), sent = () => location.reload() }) {
  const send = async (event) => {
    const form = event.target.closest("form[data-path]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    button.disabled = true;
    clear(form);
    try {
      sent(form, await post(form.dataset.path, await wanted(form), headers(form)));
    } catch (error) {
      refuse(form, error);
      button.disabled = false;
    }
  };
  document.addEventListener("submit", send);
  wake(document);
}

/** Let forms be filled in, of a part of the page that has just come. */
export function wake(part) {
  for (const form of part.querySelectorAll("form[data-path]")) form.inert = false;
}
