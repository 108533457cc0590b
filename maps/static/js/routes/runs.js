// The runs of trucks: unfolded below their truck, tied to their lines on the map.
import { still } from "../pages/boot.js";
import { chosen } from "./check-map.js";

const report = document.getElementById("report");
const COLUMNS = () => report.querySelector(".checks thead tr").cells.length;

/** The body of a truck in the table, or undefined on the page of one truck. */
const bodyOf = (shift) => report.querySelector(`tbody[data-shift="${shift}"]`) ?? undefined;

/** Return what a page of the server has in place of some elements of this one. */
export async function freshPage(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

const fetchRuns = async (body) => (await freshPage(body.querySelector("th a").href)).querySelector("ol.runs");

function mark(button, open) {
  button.setAttribute("aria-expanded", open);
  button.closest("tbody").classList.toggle("open", open);
}

/** Show the runs of a truck below it, or hide them. */
export async function unfold(body, open = true) {
  const button = body.querySelector(".unfold");
  if (open === (button.getAttribute("aria-expanded") === "true")) return;
  mark(button, open);
  if (!open) return void body.querySelector(".runs-of")?.remove();
  const row = body.insertRow();
  row.className = "runs-of";
  const cell = row.insertCell();
  cell.colSpan = COLUMNS();
  try {
    cell.append(document.adoptNode(await fetchRuns(body)));
  } catch {
    row.remove();
    mark(button, false);
    return;
  }
  const { shift, run } = chosen.value;
  if (shift === Number(body.dataset.shift)) markRun(shift, run);
}

/** Show what the runs of the opened trucks have become; what one opened in them stays open. */
export async function refreshRuns() {
  for (const list of report.querySelectorAll("ol.runs")) {
    const body = list.closest("tbody[data-shift]");
    const fresh = body ? await fetchRuns(body) : (await freshPage(location.href)).querySelector("ol.runs");
    if (!fresh) continue;
    for (const details of list.querySelectorAll("details[open]")) {
      const run = details.closest("li").dataset.run;
      fresh.querySelector(`li[data-run="${run}"] details`)?.setAttribute("open", "");
    }
    list.replaceWith(document.adoptNode(fresh));
    markRun(chosen.value.shift, chosen.value.run);
  }
}

const shiftOf = (element) =>
  Number(element.closest("tbody[data-shift]")?.dataset.shift ?? document.getElementById("check-map").dataset.shift);

const itemOf = (shift, run) => (bodyOf(shift) ?? report).querySelector(`ol.runs > li[data-run="${run}"]`);

function markRun(shift, run) {
  for (const old of report.querySelectorAll("li[aria-current], tr[aria-current]")) old.removeAttribute("aria-current");
  bodyOf(shift)?.querySelector(".truck").setAttribute("aria-current", "true");
  const item = run === null ? null : itemOf(shift, run);
  item?.setAttribute("aria-current", "true");
  return item;
}

const scrollTo = (element) => element?.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });

/** Tie the table to the map. */
export function tieRuns() {
  report.addEventListener("click", async ({ target }) => {
    const button = target.closest(".unfold");
    if (button) {
      const body = button.closest("tbody");
      const open = button.getAttribute("aria-expanded") !== "true";
      chosen.set(open ? { shift: Number(body.dataset.shift), run: null, reveal: true } : { shift: null, run: null });
      await unfold(body, open);
      return;
    }
    const item = target.closest("ol.runs > li");
    if (item && target.closest("summary")) chosen.set({ shift: shiftOf(item), run: Number(item.dataset.run), reveal: true });
  });
  chosen.follow(async ({ shift, run }, { fromMap }) => {
    const body = shift === null ? undefined : bodyOf(shift);
    if (fromMap && body) {
      body.hidden = false;
      await unfold(body);
    }
    const item = markRun(shift, run);
    if (fromMap) scrollTo(item ?? body?.querySelector(".truck"));
  });
}
