// The pages of Planned vs actual: keeps the tables of the plan that is driven fresh, ties them to the map, prints them.
import { printPage } from "../pages/theme.js";
import "../pages/notices.js";
import { length } from "../pages/texts.js";
import { chosen, loadOutcomes, outcomes, showCheckMap } from "./check-map.js";
import { filter, followFilters } from "./find.js";
import { freshPage, refreshRuns, tieRuns } from "./runs.js";

const EVERY_MS = 15000;
const MAP_EVERY = 4; // the map is asked for less often than the tables

const report = document.getElementById("report");
const box = document.getElementById("check-map");

/** Put what a fresh page says in place of what this one said, part by part; where the parts differ, the old ones stay. */
function take(page, selector) {
  const [fresh, old] = [page, document].map((from) => [...from.querySelectorAll(selector)]);
  if (fresh.length === old.length) fresh.forEach((part, place) => old[place].replaceWith(part));
}

/** Put fresh figures into the rows of trucks; the button that unfolds a row stays as it is. */
function takeTrucks(page) {
  for (const body of report.querySelectorAll("tbody[data-shift]")) {
    const fresh = page.querySelector(`tbody[data-shift="${body.dataset.shift}"]`);
    if (!fresh) continue;
    body.dataset.marks = fresh.dataset.marks;
    const [old, cells] = [body, fresh].map((each) => [...each.querySelectorAll(".truck td")]);
    old.forEach((cell, place) => cell.replaceWith(cells[place]));
  }
}

/** Tell how far each truck drove off its route. */
function tellExtra({ extra }) {
  for (const body of report.querySelectorAll("tbody[data-shift]")) {
    const metres = extra[body.dataset.shift] ?? 0;
    body.querySelector(".extra").textContent = metres > 0 ? `${length(metres)} · ` : "";
  }
}

/** Show how things stand now; what one scrolled, opened or focused stays. */
async function refresh() {
  const page = await freshPage(location.href);
  takeTrucks(page);
  take(page, "section:has(> #detours) tbody");
  take(page, "#report .when");
  take(page, "#report .choose .count");
  tellExtra(outcomes.value);
  filter();
  if (!report.querySelector("ol.runs :focus")) await refreshRuns();
  filter();
}

document.getElementById("print")?.addEventListener("click", printPage);
if (box) {
  const own = Number(box.dataset.shift) || null;
  chosen.set({ shift: own, run: null });
  outcomes.follow(tellExtra);
  tieRuns();
  followFilters();
  const drawn = showCheckMap();
  await loadOutcomes();
  await drawn;
}
if (report.dataset.live === "yes") {
  let turns = 0;
  setInterval(async () => {
    if (document.hidden) return;
    turns += 1;
    try {
      await refresh();
      if (box && turns % MAP_EVERY === 0) await loadOutcomes();
    } catch {
      // the next turn asks again
    }
  }, EVERY_MS);
}
