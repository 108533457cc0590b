// How a stage is said.
import { html, nothing } from "lit";
import { icon } from "../../pages/element.js";
import { duration, length, streetName, t } from "../../pages/texts.js";

const TURN_ICON = {
  straight: "arrow-up",
  slight_right: "arrow-up-right",
  slight_left: "arrow-up-left",
  keep_right: "arrow-up-right",
  keep_left: "arrow-up-left",
  right: "corner-up-right",
  left: "corner-up-left",
  sharp_right: "corner-up-right",
  sharp_left: "corner-up-left",
  end_right: "corner-up-right",
  end_left: "corner-up-left",
  back: "u-turn",
  dead_end: "u-turn",
  roundabout: "roundabout",
  square_back: "u-turn",
  square_round: "rotate-ccw",
  square_in: "roundabout",
  square_out: "arrow-up-right",
  gear: "arrow-down-to-line",
  reload: "container",
  rest: "coffee",
  depot: "flag",
};
const KIND_ICON = { reload: "container", rest: "coffee" };

export { icon };

/** Every picture that may be wanted while there is no network to fetch it. */
export const PICTURES = [
  ...Object.values(TURN_ICON),
  ...Object.values(KIND_ICON),
  ...["side-right", "side-whole", "arrow-down-to-line", "arrow-up-from-line", "spray-can", "navigation", "navigation-2"],
  ...["list", "map", "chevron-down", "wifi-off", "satellite", "triangle-alert", "check", "octagon-alert", "circle-check"],
  ...["ban", "undo-2", "flag", "play", "car-front", "construction", "shrink", "sparkles", "wrench", "snowflake", "car", "cable", "package-x"],
  ...["volume-2", "volume-x", "route-off", "clock", "circle-ellipsis", "circle", "camera", "mic", "square", "locate-fixed", "x", "message-square", "reply", "send", "siren", "phone"],
];

/** The picture of a turn. */
export const turnIcon = (turn) => TURN_ICON[turn] ?? "arrow-up";

/** The maneuvers of a stage at which one turns or arrives; a route that an older page kept has none. */
export const turnsOf = ({ maneuvers = [] }) => maneuvers.filter(({ kind }) => kind !== "gear");

/** The picture of a stage: the way to turn, or the part of the street to work on. */
export function stageIcon(stage) {
  if (stage.kind === "work") return stage.side === "right" ? "side-right" : "side-whole";
  return KIND_ICON[stage.kind] ?? turnIcon(turnsOf(stage)[0]?.kind);
}

/** What to do, in few words. */
export function task(stage) {
  if (stage.kind === "reload") return t("Fill the hopper");
  if (stage.kind === "rest") return t("Take a rest");
  if (stage.kind === "drive") {
    if (stage.street) return t("Drive to");
    return stage.place ? t("Drive back to") : t("Drive on");
  }
  if (stage.spreader && !stage.blade) return t("Spread salt");
  return stage.side === "right" ? t("Plow right lane") : t("Plow full width");
}

/** Where: the street, the reload site or the depot. */
export const where = (stage) => (stage.street ? streetName(stage.street) : stage.place);

/** The street at which the work ends. */
export const until = (stage) =>
  stage.until ? t("as far as {street}", { street: streetName(stage.until) }) : "";

/** Length and pass; of a rest how long it takes. */
export const measure = (stage) =>
  [
    stage.takes_s ? duration(stage.takes_s * 1000) : "",
    stage.length_m > 0 ? length(stage.length_m) : "",
    stage.passes > 1 ? t("pass {pass} of {passes}", { pass: stage.pass_number, passes: stage.passes }) : "",
  ].filter(Boolean);

const gear = (on, name, word) => html`<li class=${on ? "on" : "off"}>${icon(name)}${word}</li>`;

/** What blade and spreader are to do. */
export function equipment(stage) {
  if (stage.kind !== "work" && stage.kind !== "drive") return nothing;
  return html`<ul class="gear">
    ${gear(stage.blade, stage.blade ? "arrow-down-to-line" : "arrow-up-from-line", stage.blade ? t("Blade down") : t("Blade up"))}
    ${gear(stage.spreader, "spray-can", stage.spreader ? t("Spreader on") : t("Spreader off"))}
  </ul>`;
}

/** A stage in a list: what and where, and how far or, where it is over, what became of it. */
export const row = (stage, more = measure(stage).join(" · "), picture = stageIcon(stage)) => html`${icon(picture)}
  <span class="what"><span class="muted">${task(stage)}</span> <bdi>${where(stage)}</bdi></span>
  ${more ? html`<span class="sub">${more}</span>` : nothing}`;

const km = (metres) => Math.round(metres / 100) / 10;

/** How much of the clearing is behind the driver. */
export const share = ({ done_m: done, work_m: all }) =>
  t("{done} of {all} km plowed", { done: km(done), all: km(all) });
