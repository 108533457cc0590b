// What the shift came to, at its end: as the vehicle's day counts it, and by what the phone knows until that can be asked.
import { html, nothing } from "lit";
import { facts } from "../../../pages/facts.js";
import { get } from "../../../pages/net.js";
import { now } from "../../../pages/boot.js";
import { Part } from "../../../pages/element.js";
import { duration, length, number, streetName, t, time } from "../../../pages/texts.js";
import { drive, progress } from "../state.js";
import { where } from "../words.js";

const AGAIN_MS = 30000;
const MS = 1000;

/** The same by what this phone was told and what was tapped on it; positions it does not count. */
function ownFigures() {
  const work = drive.value.stages.filter(({ kind }) => kind === "work");
  const of = (state) => work.filter((stage) => stage.state === state);
  return {
    plowed_m: progress().done_m,
    done: of("done").length,
    ahead: of("open").length,
    aside: of("skipped").map((stage) => ({ name: where(stage), reason: stage.reason })),
  };
}

function figures({ plowed_m: plowed, moved_m: moved, service_s: service, break_s: rests, material_kg: material, done, ahead, aside, reports }) {
  const counted = t("{done} done, {ahead} not driven, {aside} set aside", { done: number(done), ahead: number(ahead), aside: number(aside.length) });
  const spread = Object.entries(material ?? {}).map(([name, kg]) => t("{material} {kg} kg", { material: t(`material:${name}`), kg: Math.round(kg) }));
  return facts([
    [t("Plowed"), length(plowed)],
    [t("Driven in all"), moved === undefined ? null : length(moved)],
    [t("Stages"), counted],
    [t("Hours of service"), service === undefined ? null : duration(service * MS)],
    [t("Breaks"), rests ? duration(rests * MS) : null],
    [t("Material spread"), spread.join(" · ") || null],
    [t("Reports"), reports === undefined ? null : number(reports)],
  ]);
}

const left = ({ street, name, reason }) => html`<li><bdi>${name ?? streetName(street)}</bdi><span class="sub">${reason ? t(`skip:${reason}`) : ""}</span></li>`;

class Summary extends Part {
  static properties = { told: { state: true } };

  get stores() {
    return [drive];
  }

  connectedCallback() {
    super.connectedCallback();
    this.since = now();
    this.shift = drive.value.shift.shift_id;
  }

  willUpdate() {
    if (!this.told && !this.asked && drive.value.waiting === 0) this.ask();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.asking);
  }

  /** Ask once the server has all that was tapped. */
  async ask() {
    this.asked = true;
    this.told = await get(`/api/shifts/${this.shift}/summary`).catch(() => null);
    if (!this.told) this.asking = setTimeout(() => this.ask(), AGAIN_MS);
  }

  render() {
    const shown = this.told ?? ownFigures();
    const asOf = this.told
      ? t("Counted from positions and reports, until {time}.", { time: time(this.told.until) })
      : t("What this phone knew at {time}; the count by positions follows.", { time: time(this.since) });
    return html`<h3>${t("Your shift")}</h3>
      ${figures(shown)}
      ${shown.aside.length > 0 ? html`<h3>${t("Set aside, and why")}</h3><ul class="aside">${shown.aside.map(left)}</ul>` : nothing}
      <p class="muted">${asOf}</p>`;
  }
}
customElements.define("drive-summary", Summary);
