// Which storm is shown, as of when, compared with which; and what can be taken home.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { attempt, echo } from "../pages/notices.js";
import { printPage } from "../pages/theme.js";
import { date, day, duration, isolated, t, time } from "../pages/texts.js";
import { choice, council, districtName, enlarge, filter, keepOwn, look, query } from "./state.js";

const DOWNLOADS = [
  ["html", "map"],
  ["csv", "table"],
  ["gpkg", "layers"],
  ["geojson", "layers"],
];

const words = () => ({
  html: [t("Map file"), t("One page that opens offline: by class, district and moment of the storm")],
  csv: [t("Table"), t("Every street, for a spreadsheet")],
  gpkg: [t("GeoPackage"), t("Every street, for QGIS")],
  geojson: [t("GeoJSON"), t("Every street, for maps on the web")],
});

function phase(view) {
  const { storm, at } = view;
  const span = duration(Date.parse(at) - Date.parse(storm.started_at));
  return storm.ended_at
    ? t("Ended on {date} at {time}, after {span}", { date: date(at), time: time(at), span })
    : t("As of {date}, {time} · {span} after the storm began", { date: date(at), time: time(at), span });
}

/** The address of a file of what is shown, in the language of the page. */
function file(path, more = {}) {
  const parts = new URLSearchParams(query());
  for (const [name, value] of Object.entries({ lang: boot.language, ...more })) parts.set(name, value);
  return `/council/${path}?${parts}`;
}

const named = (storm) => `${isolated(storm.name)} · ${day(storm.started_at)}`;

class Header extends Part {
  get stores() {
    return [council, choice];
  }

  chooser(view) {
    return html`<label>${t("Storm")}
      <select id="storm" @change=${(event) => look({ storm: Number(event.target.value), against: null })}>
        ${view.storms.map(
          (storm) =>
            html`<option value=${storm.id} ?selected=${storm.id === view.storm.id}>${named(storm)}</option>`,
        )}
      </select>
    </label>`;
  }

  comparison(view) {
    const before = view.storms.filter((storm) => storm.id < view.storm.id);
    return html`<label>${t("Compared with")}
      <select id="against" ?disabled=${before.length === 0} @change=${(event) => look({ against: Number(event.target.value) })}>
        <option value="0" ?selected=${!view.earlier}>${before.length ? t("nothing") : t("no earlier storm")}</option>
        ${before.map(
          (storm) =>
            html`<option value=${storm.id} ?selected=${storm.id === view.earlier?.id}>${named(storm)}</option>`,
        )}
      </select>
    </label>`;
  }

  districts(view) {
    const named = view.districts.filter((one) => one.name);
    if (!named.length) return "";
    const { district, own } = choice.value;
    const keep = district !== null && district !== own;
    return html`<label>${t("District")}
        <select id="ward" @change=${(event) => filter({ district: event.target.value === "*" ? null : event.target.value })}>
          <option value="*" ?selected=${district === null}>${t("Whole city")}</option>
          ${named.map((one) => html`<option value=${one.name} ?selected=${district === one.name}>${districtName(one.name)}</option>`)}
        </select>
      </label>
      ${keep ? html`<button type="button" class="quiet" @click=${() => this.keep(district)}>${t("Always open with this district")}</button>` : ""}
      ${own !== null && district === own ? html`<button type="button" class="quiet" @click=${() => this.keep(null)}>${t("Open with the whole city again")}</button>` : ""}`;
  }

  async keep(name) {
    await attempt(async () => {
      await keepOwn(name);
      echo(name === null ? t("The page opens with the whole city from now on.") : t("The page opens with {district} from now on.", { district: districtName(name) }));
    });
  }

  /** A file that a worker makes; its page says how far it is and becomes the file. */
  paper(address, icon, name, title) {
    return html`<a class="quiet" href=${address} title=${title} target="_blank" rel="noopener">
      <span class="icon icon-${icon}" aria-hidden="true"></span>${name}
    </a>`;
  }

  downloads() {
    const said = words();
    return html`<div class="take" role="group" aria-label=${t("Download")}>
      ${DOWNLOADS.map(
        ([ending, icon]) => html`<a class="quiet" href=${file(`coverage.${ending}`)} title=${said[ending][1]} download>
          <span class="icon icon-${icon}" aria-hidden="true"></span>${said[ending][0]}
        </a>`,
      )}
      ${this.paper(file("coverage.png"), "image", t("Picture (PNG)"), t("The map with legend and date, for slides and newspapers"))}
      ${this.paper(file("report.pdf"), "printer", t("Report (PDF)"), t("Four to eight pages with maps and charts"))}
      ${this.paper(file("report.pdf", { brief: true }), "printer", t("Brief (PDF)"), t("One page for the meeting"))}
      <button class="quiet" type="button" @click=${printPage}><span class="icon icon-printer" aria-hidden="true"></span>${t("Print")}</button>
      ${boot.open_data ? html`<a class="quiet" href=${`/open/v1?lang=${boot.language}`} title=${t("What everybody may read of the city's winter service, for other programs.")}><span class="icon icon-layers" aria-hidden="true"></span>${t("Open data")}</a>` : ""}
      <button class="quiet" type="button" id="large" aria-pressed=${choice.value.large} title=${t("For a projector: read from six metres")} @click=${() => enlarge(!choice.value.large)}><span class="icon icon-type" aria-hidden="true"></span>${t("Large type")}</button>
    </div>`;
  }

  render() {
    const { view, failed } = council.value;
    if (!view && failed) return html`<p class="problem" role="alert">${failed}</p>`;
    if (!view) return html`<p class="when muted">${t("Measuring …")}</p>`;
    if (!view.storm)
      return html`<p class="when">${t("There has been no storm yet.")}</p>
        <p class="muted">${t("Figures appear with the first storm. The map shows the streets.")}</p>`;
    return html`<p class="when"><strong><bdi>${view.storm.name}</bdi></strong> <span>${phase(view)}</span></p>
      ${failed ? html`<p class="problem" role="alert">${failed}</p>` : ""}
      <div class="choose">${this.districts(view)}${this.chooser(view)}${this.comparison(view)}${this.downloads()}</div>`;
  }
}
customElements.define("council-header", Header);
