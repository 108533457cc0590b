// Keeps the tables of the plan that is driven fresh, and prints them.
import "../pages/theme.js";

const EVERY_MS = 15000;

const report = document.getElementById("report");

/** Put what a fresh page says in place of what this one said, part by part; where the parts differ, the old ones stay. */
function take(page, selector) {
  const [fresh, old] = [page, document].map((from) => [...from.querySelectorAll(selector)]);
  if (fresh.length === old.length) fresh.forEach((part, place) => old[place].replaceWith(part));
}

/** Show how things stand now; what one scrolled or focused stays. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const { id } of report.querySelectorAll("h2[id]")) take(page, `section:has(> #${id}) tbody`);
  take(page, "#report .when");
  take(page, "#report .choose .count");
}

document.getElementById("print")?.addEventListener("click", () => print());
if (report.dataset.live === "yes")
  setInterval(() => document.hidden || document.querySelector("tbody :focus") || refresh().catch(() => {}), EVERY_MS);
