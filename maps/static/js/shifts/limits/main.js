// Sends what a planner makes of the restrictions that drivers proposed, and says when there is more.
import { sendForms } from "../../pages/forms.js";
import { get } from "../../pages/net.js";
import { listen } from "../../pages/stream.js";
import "../../pages/theme.js";

function wanted(form) {
  const said = new FormData(form);
  if (!form.classList.contains("fields")) return {};
  const until = said.get("until_at").trim();
  return {
    types: said.getAll("types"),
    both_ways: said.get("both_ways") === "yes",
    note: said.get("note"),
    ...(until ? { until_at: until } : {}),
  };
}

const shows = ({ id, state, headline, both_ways, until, note, photo, voice }) => [id, state, headline, both_ways, until, note, photo, voice];

/** What the page shows of all restrictions; null where nobody answers. */
async function ask() {
  const rows = await get("/api/machine-limits").catch(() => null);
  return rows && JSON.stringify(rows.map(shows));
}

const before = ask();

/** Reports of other things come by the same name, and after a break nobody knows: it is said only of what differs. */
async function look() {
  const [was, is] = [await before, await ask()];
  if (is !== null && is !== was) document.getElementById("stale").hidden = false;
}

sendForms({ wanted });
listen({ blockages: look }, { heard() {}, lost() {}, resumed: look });
