// The chosen street: its class, why it has it, and - for an administrator - another class for it.
import { html } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { facts } from "../../pages/facts.js";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { length, named, number, streetName, t } from "../../pages/texts.js";
import { fault, numberIn, shown } from "../../pages/number-fields.js";
import { choose, chosen, classes, decide, mayDecide, meant } from "./state.js";
import { rhythm, why } from "./why.js";

const checkCycle = ({ target }) => target.setCustomValidity(fault(target.value, boot.limits.cycle_h, false));

const close = () => {
  choose(null);
  document.getElementById("streets")?.focus();
};

const closeByEscape = (event) => event.key === "Escape" && chosen.value.id !== null && close();

const head = (street) => html`<div class="level">
    <span class="badge class-${street.level.service_class}">${named("short", street.level.service_class)}</span>
    <p class="because">${why(street.level, street.road_class)}</p>
  </div>
  ${facts([
    [t("Kind of street"), named("road", street.road_class)],
    [t("District"), street.district && named("district", street.district)],
    [t("Cycle time"), rhythm(street.level.cycle_h)],
    [t("Done within"), t("{hours} h", { hours: number(street.deadline_h, 2) })],
    [t("Length"), length(street.length_m)],
    [
      t("Without the decision"),
      street.level.reason === "override"
        ? `${named("short", street.by_rules.service_class)} · ${why(street.by_rules, street.road_class)}`
        : null,
    ],
  ])}`;

const wholeChoice = (street) =>
  street.decisions.length < 2
    ? ""
    : html`<fieldset class="reach">
        <legend>${t("For")}</legend>
        ${[
          [true, t("the whole street, {count} parts, {length}", { count: street.decisions.length, length: length(street.whole_m) })],
          [false, t("only the part between two junctions, {length}", { length: length(street.length_m) })],
        ].map(
          ([whole, words]) => html`<label><input type="radio" name="whole" .checked=${chosen.value.whole === whole} @change=${() => chosen.set({ whole })} />${words}</label>`,
        )}
      </fieldset>`;

const classChoice = (present) => html`<fieldset class="choice">
  <legend>${t("Importance")}</legend>
  ${boot.classes.map(
    ({ name }) => html`<label class="class-${name}"><input type="radio" name="service_class" value=${name} .checked=${present === name} required />${named("short", name)}</label>`,
  )}
</fieldset>`;

const FRAMES = 300;

async function settle(decision) {
  const before = document.querySelector(".editor");
  await decide(decision);
  keepFocus(before, FRAMES);
}

/** The form is made anew, on a busy machine some frames later; hands on the keyboard stay where they were. */
function keepFocus(before, frames) {
  requestAnimationFrame(() => {
    const form = document.querySelector(".editor");
    if (form === before && frames > 0) keepFocus(before, frames - 1);
    else if (document.activeElement === document.body) form?.querySelector(".primary").focus();
  });
}

const send = (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const cycle = form.get("cycle_h").trim();
  settle({
    service_class: form.get("service_class"),
    cycle_h: cycle === "" ? null : numberIn(cycle),
    note: form.get("note").trim(),
  });
};

const release = () => settle({ service_class: null, cycle_h: null, note: "" });

function editor(street) {
  const own = street.decisions.find((part) => part.segment_id === street.id);
  const parts = new Set(meant());
  const decided = street.decisions.some((part) => parts.has(part.segment_id) && part.service_class);
  const form = html`<form class="editor" @submit=${send}>
    <h3>${t("Decide by hand")}</h3>
    ${wholeChoice(street)} ${classChoice(own.service_class ?? street.level.service_class)}
    <div class="column">
      <label for="cycle">${t("Cycle time in hours")}</label>
      <input id="cycle" name="cycle_h" inputmode="decimal" autocomplete="off" .value=${shown(own.cycle_h)} @input=${checkCycle} placeholder=${t("as its class")} />
    </div>
    <div class="column">
      <label for="note">${t("Why")}</label>
      <input id="note" name="note" maxlength=${boot.limits.note} .value=${own.note} placeholder=${t("for whoever reads it later")} />
    </div>
    <div class="orders">
      <button class="primary">${t("Save the decision")}</button>
      ${decided ? html`<button type="button" @click=${release}>${t("Follow the rules")}</button>` : ""}
    </div>
    <p class="small muted">${t("The colors of the board follow at once; work that is already open keeps its deadline.")}</p>
  </form>`;
  return keyed(JSON.stringify([street.id, own]), form);
}

class Street extends Part {
  get stores() {
    return [chosen, classes];
  }

  /** Escape closes the sheet wherever the focus is: a button that was clicked may be gone. */
  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("keydown", closeByEscape);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", closeByEscape);
    super.disconnectedCallback();
  }

  willUpdate() {
    this.hidden = chosen.value.id === null;
  }

  render() {
    const { street, failed } = chosen.value;
    if (this.hidden) return "";
    const body = failed
      ? html`<p class="problem" role="alert">${failed}</p>`
      : street
        ? html`<h2><bdi>${streetName(street.names)}</bdi></h2>${head(street)}${mayDecide ? editor(street) : ""}`
        : html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`<section class="sheet" aria-label=${t("The street")}>
      <button class="quiet close" aria-label=${t("Close")} title=${t("Close")} @click=${close}><span class="icon icon-x" aria-hidden="true"></span></button>
      ${body}
    </section>`;
  }
}
customElements.define("classes-street", Street);
