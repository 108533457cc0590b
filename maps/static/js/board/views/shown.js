// Keeps the map's streets in the view that is shown: each view says what states streets have and how these look.
import { repaint } from "../../pages/map/map.js";
import { COVERAGE_PALETTE } from "../../pages/map/style.js";
import { coverage, selection } from "../state.js";
import { PLOWED_VIEW } from "./plowed.js";
import { shownView, views } from "./views.js";

/**
 * A view: `palette` and `states` as the map and its painter take them, `oneLine` says what the directions of a street show
 * together from afar, `open` begins to call back with streets that changed and returns what ends that. Its `legend` is made
 * of entries (see `board/map/legend.js`) and follows `stores`.
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
};

const SHOWN = { coverage: COVERAGE_VIEW, plowed: PLOWED_VIEW };

/** The view that is shown. */
export const view = () => SHOWN[shownView()];

/** Paint the streets by the shown view from now on. */
export function followView(map, painter) {
  let shown = null;
  let close = () => {};
  const show = () => {
    if (shown === view()) return;
    close();
    shown = view();
    repaint(map, selection.value.hidden, shown.palette());
    painter.use(shown.states, shown.oneLine, coverage.states.keys());
    close = shown.open((ids) => painter.changed(ids));
  };
  views.follow(show);
  show();
}
