// Forms that scripts send rest (`inert`) until their script is there: a browser would send them
// by its own way before, which the server does not know, and what was filled in would be gone.
import { post } from "./net.js";

/** Send every form with a `data-path` as what `wanted(form)` gives, then show how things stand, or what `sent` shows. */
export function sendForms({ wanted, headers = () => ({}), refuse, sent = () => location.reload() }) {
  const send = async (event) => {
    const form = event.target.closest("form[data-path]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      sent(form, await post(form.dataset.path, wanted(form), headers(form)));
    } catch (error) {
      refuse(form, error.message);
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
