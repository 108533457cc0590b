// Finds trucks of the table by words and by what marks them.
import { chosen, outcomes } from "./check-map.js";
import { unfold } from "./runs.js";

const FOLD = /[\u200c\s]+/gu; // a reader types a space for a half space
const plain = (words) => words.normalize("NFKC").replaceAll("ي", "ی").replaceAll("ك", "ک").replace(FOLD, " ").trim().toLowerCase();

const form = document.getElementById("find");
let wanted = "";

const wordsNow = () => plain(form.elements.words.value);

/** The shifts that work on a street with these words in its name. */
const shiftsOn = (words) =>
  new Set(outcomes.value.features.filter(({ properties }) => plain(properties.street ?? "").includes(words)).map(({ properties }) => properties.shift_id));

const streetOf = (item) => plain(item.querySelector(".what bdi").textContent);

/** Hide trucks that do not fit; on a street that was asked for, only its runs are shown. */
export function filter() {
  if (!form) return;
  const words = wordsNow();
  const on = words ? shiftsOn(words) : new Set();
  const listed = [];
  for (const body of document.querySelectorAll("tbody[data-shift]")) {
    const named = plain(body.querySelector("th a").textContent).includes(words);
    const fits = (named || on.has(Number(body.dataset.shift))) && (!wanted || body.dataset.marks.split(" ").includes(wanted));
    body.hidden = !fits;
    if (fits) listed.push(Number(body.dataset.shift));
    for (const item of body.querySelectorAll("ol.runs > li")) item.hidden = Boolean(words) && !named && !streetOf(item).includes(words);
  }
  document.getElementById("none").hidden = listed.length > 0;
  const known = words || wanted ? listed : null;
  if (String(known) !== String(chosen.value.listed)) chosen.set({ listed: known });
}

/** Unfold the only truck that is left, so that its street is seen. */
async function openOnlyOne() {
  const shown = [...document.querySelectorAll("tbody[data-shift]:not([hidden])")];
  if (!wordsNow() || shown.length !== 1) return;
  chosen.set({ shift: Number(shown[0].dataset.shift), run: null, reveal: true });
  await unfold(shown[0]);
  filter();
}

/** Follow what the reader looks for. */
export function followFilters() {
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    openOnlyOne();
  });
  form.addEventListener("input", filter);
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("button[name=mark]");
    if (!button) return;
    wanted = button.value;
    for (const each of form.querySelectorAll("button[name=mark]")) each.setAttribute("aria-pressed", each === button);
    filter();
  });
  outcomes.follow(filter);
}
