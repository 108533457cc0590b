// Sends what a planner makes of the restrictions that drivers proposed, and says when there is more.
import { sendForms } from "../../pages/forms.js";
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

const tell = () => (document.getElementById("stale").hidden = false);

sendForms({ wanted });
listen({ blockages: tell }, { heard() {}, lost() {}, resumed: tell });
