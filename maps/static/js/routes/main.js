// Keeps the tables of the plan that is driven fresh, and prints them.
import "../core/theme.js";

const EVERY_MS = 15000;

const printed = () => document.getElementById("print")?.addEventListener("click", () => print());

/** Put the tables of a fresh page in place of the old ones; what one scrolled or focused stays. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const fresh of page.querySelectorAll("#report tbody, #report .when")) {
    const same = `${fresh.localName}${fresh.classList.length ? `.${fresh.className}` : ""}`;
    const all = [...page.querySelectorAll(`#report ${same}`)];
    document.querySelectorAll(`#report ${same}`)[all.indexOf(fresh)]?.replaceWith(fresh);
  }
}

printed();
if (document.getElementById("report").dataset.live === "yes")
  setInterval(() => document.hidden || document.querySelector("tbody :focus") || refresh().catch(() => {}), EVERY_MS);
