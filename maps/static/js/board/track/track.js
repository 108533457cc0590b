// The chosen truck's track of the last hours: where it was, how fast, with its blade and spreader. Of several trucks none
// is shown.
import { get } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { Store } from "../../pages/store.js";
import { secondTime, t } from "../../pages/texts.js";
import { board, onlyWall, selection } from "../state.js";

const KEPT = "board-track";
const AGAIN_MS = 10000;
const GAP_S = 300; // between two fixes so far apart nobody knows the way

/** How much of its track a truck shows. */
export const SPANS = ["off", "hour", "three_hours", "shift"];

const remembered = () => (SPANS.includes(localStorage.getItem(KEPT)) ? localStorage.getItem(KEPT) : "hour");

/** `of` is the truck whose `fixes` these are; null while none is chosen or its track is on the way. */
export const track = new Store({ span: remembered(), of: null, fixes: [], loading: false });

const NOTHING = { of: null, fixes: [] };
const fixOf = ([at, lon, lat, mps, blade, spreader]) => ({ at, lon, lat, mps, blade, spreader });

const wanted = () => {
  const { chosen } = selection.value;
  return chosen?.kind === "truck" && track.value.span !== "off" && !onlyWall ? chosen.id : null;
};

async function load() {
  const truck = wanted();
  const { span, of } = track.value;
  if (truck === null || of !== truck) track.set({ ...NOTHING, loading: truck !== null });
  if (truck === null) return;
  const told = await attempt(() => get(`/api/board/trucks/${truck}/track?span=${span}`));
  if (wanted() !== truck || track.value.span !== span) return;
  track.set({ of: truck, fixes: (told?.fixes ?? []).map(fixOf), loading: false });
}

/** Show so much of the track of whatever truck is chosen, now and the next time. */
export function chooseSpan(span) {
  localStorage.setItem(KEPT, span);
  track.set({ span, ...NOTHING });
  load();
}

selection.follow((_, changes) => "chosen" in changes && load());

let seen = null; // the last fix of the chosen truck that its track has
setInterval(() => {
  const at = board.value.vehicles.get(wanted())?.fixed_at ?? null;
  if (at !== null && at !== seen) load();
  seen = at;
}, AGAIN_MS);

const same = (one, other) => one.blade === other.blade && one.spreader === other.spreader;

/** Pieces of a track in which blade and spreader stay as they are; each begins where the one before ends. */
export function piecesOf(fixes) {
  const pieces = [];
  fixes.forEach((fix, i) => {
    const before = fixes[i - 1];
    const piece = pieces.at(-1);
    if (!before || fix.at - before.at > GAP_S) pieces.push({ blade: fix.blade, spreader: fix.spreader, fixes: [fix] });
    else if (same(before, fix)) piece.fixes.push(fix);
    else {
      piece.fixes.push(fix);
      pieces.push({ blade: fix.blade, spreader: fix.spreader, fixes: [fix] });
    }
  });
  return pieces;
}

const bladeWords = (down) => (down === null ? "" : down ? t("blade down") : t("blade up"));
const spreaderWords = (on) => (on === null ? "" : on ? t("spreader on") : t("spreader off"));
const speedWords = (mps) => (mps === null ? "" : t("{value} km/h", { value: Math.round(mps * 3.6) }));

/** What a fix tells. */
export const fixWords = ({ at, mps, blade, spreader }) =>
  [secondTime(at * 1000), speedWords(mps), bladeWords(blade), spreaderWords(spreader)].filter(Boolean).join(" · ");
