// The overview of a province: its figures are fetched again every half minute.
import "../pages/theme.js";

const EVERY_MS = 30_000;
const figures = document.getElementById("figures");
const stale = document.getElementById("stale");

async function refresh() {
  try {
    const answer = await fetch(`/overview?lang=${document.documentElement.lang}`, { headers: { accept: "application/json" } });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    figures.replaceChildren(...fresh.body.childNodes);
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
}

if (figures) {
  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
}
