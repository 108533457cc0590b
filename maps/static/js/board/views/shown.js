// Keeps the map's streets in the view that is shown: each view says what states streets have and how these look.
import { repaint } from "../../pages/map/map.js";
import { COVERAGE_PALETTE } from "../../pages/map/style.js";
import { coverage, selection } from "../state.js";
import { PLOWED_VIEW } from "./plowed.js";
import { ROUTES_VIEW } from "./routes.js";
import { shownView, views } from "./views.js";

/**
 * A view: `palette` and `states` as the map and its painter take them, `oneLine` says what the directions of a street show
 * together from afar. `open` begins to call back: the first with streets that changed, the second when the palette
 * did or all streets at once; it may draw names of trucks with the third, and returns what ends that. The `legend` is made of entries (see
 * `board/map/legend.js`) and follows `stores`; `words` are what the pointer is told of a street besides its name.
 */
const COVERAGE_VIEW = {
  palette: () => COVERAGE_PALETTE,
  states: coverage.states,
  oneLine: undefined, // the painter's own
  open(paint) {
    coverage.followers.add(paint);
    return () => coverage.followers.delete(paint);
  },
  stores: [],
  words: () => "",
};

const SHOWN = { coverage: COVERAGE_VIEW, plowed: PLOWED_VIEW, routes: ROUTES_VIEW };

/** What legends of views follow. */
export const viewStores = Object.values(SHOWN).flatMap(({ stores }) => stores);

/** The view that is shown. */
export const view = () => SHOWN[shownView()];

/** Paint the streets by the shown view from now on; `names` as in `section-names.js`. */
export function followView(map, painter, names) {
  let shown = null;
  let close = () => {};
  const anew = () => {
    repaint(map, selection.value.hidden, shown.palette());
    painter.use(shown.states, shown.oneLine, coverage.states.keys());
  };
  const show = () => {
    if (shown === view()) return;
    close();
    shown = view();
    anew();
    close = shown.open((ids) => painter.changed(ids), anew, names);
  };
  views.follow(show);
  show();
}
