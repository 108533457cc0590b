// Tells a training what its reader looks at: steps of lessons that leave no other trace, each told once.
import { post } from "../pages/net.js";

const open = new Set(JSON.parse(document.getElementById("looks").textContent));

/** Whether the reader came by a moment in the debrief. */
const fromDebrief = () =>
  document.referrer.startsWith(`${location.origin}/training/debrief`) && new URLSearchParams(location.search).has("at");

async function tell(act = "") {
  const look = location.pathname + act;
  if (!open.delete(look)) return;
  try {
    await post("/api/training/looks", { look });
  } catch {
    open.add(look); // the next look tells it; the reader asked for nothing that could fail
  }
}

/** A page that is drawn ahead, or in a tab behind others, is seen by nobody yet. */
function look() {
  if (document.visibilityState !== "visible") return;
  tell();
  if (fromDebrief()) tell("#from-debrief");
}

addEventListener("look", ({ detail }) => tell(`#${detail}`));
document.addEventListener("visibilitychange", look);
look();
