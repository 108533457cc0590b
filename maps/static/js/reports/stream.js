// What news from the server does to the page.
import { boot } from "../pages/boot.js";
import { notify } from "../pages/notices.js";
import { listen } from "../pages/stream.js";
import { t } from "../pages/texts.js";
import { choice, council, live, load, loadFigures, takeCoverage } from "./state.js";

const FIGURES_EVERY_MS = 30000; // the server measures every street for them
const AGE_EVERY_MS = 60000; // streets grow older without news

const newest = () => choice.value.storm === null || live();

/** Follow the server from now on. */
export function follow() {
  let due = null;
  const figures = () => {
    due ??= setTimeout(() => {
      due = null;
      loadFigures();
    }, FIGURES_EVERY_MS);
  };
  const line = {
    heard: () => council.set({ heardAt: Date.now(), connected: true }),
    lost: () => council.set({ connected: false }),
    resumed: load,
  };
  const events = {
    coverage: (rows) => {
      takeCoverage(rows);
      if (live()) figures();
    },
    storm: () => newest() && load(),
    city: (city) => {
      if (city.network_version !== boot.city.network_version)
        notify(t("The streets of the city have changed. Load the page again."));
      load();
    },
  };
  listen(events, line);
  setInterval(() => live() && loadFigures(), AGE_EVERY_MS);
}
