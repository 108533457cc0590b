// The next maneuver with its distance, above all else; off the route the way back to it.
import { html, nothing } from "lit";
import { Part } from "../../../pages/element.js";
import { duration, length, t } from "../../../pages/texts.js";
import { drive, isOver } from "../state.js";
import { icon, turnIcon, where } from "../words.js";
import { isMuted, mute } from "./speech.js";
import { goOnHere, guide, route } from "./state.js";

const ON_TIME_MS = 120000; // less is neither late nor early
const counted = (metres) => length(metres < 100 ? metres : Math.round(metres / 50) * 50);

const sound = (part) => html`<button
  class="sound"
  aria-label=${isMuted() ? t("Unmute") : t("Mute")}
  @click=${() => {
    mute(!isMuted());
    part.requestUpdate();
  }}
>
  ${icon(isMuted() ? "volume-x" : "volume-2")}
</button>`;

function pace({ late, reload }) {
  const parts = [];
  if (late > ON_TIME_MS) parts.push(t("{span} late", { span: duration(late) }));
  else if (late < -ON_TIME_MS) parts.push(t("{span} early", { span: duration(-late) }));
  else parts.push(t("on time"));
  if (reload) parts.push(t("reload in {distance}", { distance: length(reload.m) }));
  return html`<p class="pace">${icon("clock")}${parts.map((text) => html`<span>${text}</span>`)}</p>`;
}

function card(maneuver, part) {
  return html`<section class="lead-card">
    ${icon(turnIcon(maneuver.kind), "turning")}
    <div>
      <p class="left">${counted(maneuver.m)}</p>
      <p class="say" aria-live="polite">${maneuver.text}</p>
    </div>
    ${sound(part)}
  </section>`;
}

function warning(back) {
  if (!guide.value.begun) return t("Drive to where the route begins.");
  return back ? t("You have left the route. This is the way back.") : t("You have left the route.");
}

/** Far ahead on the route, where only the driver can say that what lies between is left out. */
function onward({ ahead }) {
  if (ahead === null) return nothing;
  const stage = drive.value.stages[route().runs.findIndex(({ to }) => ahead <= to)];
  return html`<div class="undo">
    <span class="what">${icon("navigation")}<bdi>${where(stage)}</bdi></span>
    <button @click=${goOnHere}>${t("Go on from here")}</button>
  </div>`;
}

class Lead extends Part {
  get stores() {
    return [drive, guide];
  }

  minds(changes) {
    return "fix" in changes || "standing" in changes || "back" in changes || "shift" in changes;
  }

  off() {
    const { back } = guide.value;
    return html`<p class="line warning">${icon("route-off")}${warning(back)}</p>
      ${back?.maneuver ? card(back.maneuver, this) : nothing} ${onward(guide.value)}`;
  }

  render() {
    const { shift } = drive.value;
    const { mode, standing } = guide.value;
    if (!shift || isOver(shift) || shift.state !== "driving" || mode === "waiting") return nothing;
    if (mode === "off") return this.off();
    if (!standing) return nothing;
    const next = standing.maneuver ?? { kind: "straight", m: route().length - guide.value.metre, text: t("as far as the end of the route") };
    return html`${card(next, this)} ${pace(standing)}`;
  }
}
customElements.define("drive-lead", Lead);
