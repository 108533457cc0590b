// Whoever comes in by a link or a code finds nothing of the one before. A scanned link's token stands behind the # of the
// address, which browsers send to nobody. It is posted once and taken out of the address, so that neither a log nor the
// phone's history keeps it.
import { forget } from "../pages/app/forget.js";
import { open } from "../pages/app/shelf.js";

async function enterLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get("link");
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/drive";
  for (const [name, value] of [["csrf", document.querySelector("[name=csrf]").value], ["code", token]]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  await forget();
  form.submit();
}

async function enterCode(event) {
  if (event.target.getAttribute("action") !== "/drive") return;
  event.preventDefault();
  await forget();
  event.target.submit();
}

enterLink();
open().catch(() => undefined); // a browser that keeps nothing says so to whoever reads
document.addEventListener("submit", enterCode);
addEventListener("hashchange", enterLink);
