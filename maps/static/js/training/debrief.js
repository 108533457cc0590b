// Sends what an instructor asks of a debrief, and follows a comparison of plans and what is still being counted: once either is over the page is shown anew.
import { sendForms } from "../pages/forms.js";
import { get } from "../pages/net.js";
import { listen } from "../pages/stream.js";
import "../pages/theme.js";

/** How often it is asked how far the comparison is, in ms. */
const FOLLOW_MS = 4000;

const GOES_ON = ["waiting", "stopping"];
const told = document.getElementById("search");
let following = 0;

const follow = () => {
  clearTimeout(following);
  following = setTimeout(ask, FOLLOW_MS);
};

/** Say how far the comparison is; what came of it comes with the whole page. */
function show({ state, words, run_id }) {
  if (!GOES_ON.includes(state)) return location.reload();
  if (told.textContent !== words) told.textContent = words;
  const [stop, compare] = ["stop", "compare"].map((name) => document.getElementById(name));
  if (stop) {
    stop.hidden = state !== "waiting";
    stop.dataset.path = `/api/training/decisions/${run_id}/stop`;
    compare.hidden = true;
  }
  follow();
}

/** A server that is busy is asked again. */
async function ask() {
  try {
    show(await get("/api/training/decisions"));
  } catch {
    follow();
  }
}

const counting = document.getElementById("counting");

/** Follow how far it is counted. */
const followCount = () => setTimeout(askCount, FOLLOW_MS);

async function askCount() {
  try {
    const { words } = await get("/api/training/counting");
    if (words === "") return location.reload();
    if (counting.textContent !== words) counting.textContent = words;
    followCount();
  } catch {
    followCount();
  }
}

sendForms({ wanted: () => ({}), sent: (form, search) => show(search) });
document.getElementById("print").addEventListener("click", () => print());
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".moments details")) fold.open = true; // paper has no folds
});
listen();
if (GOES_ON.includes(told.dataset.state)) follow();
if (counting) followCount();
