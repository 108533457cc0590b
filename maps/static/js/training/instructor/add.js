// Adds something to the scenario: a short form for each kind of its tables.
import { html } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { boot, now } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { field } from "../../pages/form-parts.js";
import { numberIn, shown } from "../../pages/number-fields.js";
import { echo } from "../../pages/notices.js";
import { named, t } from "../../pages/texts.js";
import { order, training } from "./state.js";

const HOUR_MS = 3600000;
const HOUR_MIN = 60;
const PLACE = "{place}";
const CALL_KINDS = ["plow", "ice", "sidewalk", "tree", "haul", "blocked"];
const TROUBLES = ["breakdown", "silent", "absent", "dead", "stuck", "flapping", "mute"];
const PARTS = ["north", "south", "east", "west", "center", "edge"];
const STREETS = ["main", "connecting", "residential"];

const amount = (name, label, value, unit) =>
  field(name, label, html`<span class="measure"><input id=${name} name=${name} required inputmode="decimal" autocomplete="off" dir="ltr" size="6" .value=${shown(value)}><span class="unit muted">${unit}</span></span>`);

const choice = (name, label, values, word) =>
  field(name, label, html`<select id=${name} name=${name}>${values.map((value) => html`<option value=${value}>${word(value)}</option>`)}</select>`);

const words = (hint = "") =>
  field("said", t("In words"), html`<textarea id="said" name="said" required rows="2" maxlength="300" dir="auto"></textarea>`, hint);

const lasts = (minutes) => amount("lasts", t("Lasts"), minutes, t("min"));
const street = () => choice("street", t("Street"), STREETS, (value) => t(`street_kind:${value}`));

/** What a form's words are in the scenario: by language, with the place of the caller in them. */
const spoken = (form) => ({ [boot.spoken]: form.elements.said.value.trim().replace(/\s+/g, " ") });
const spokenOf = (form, text = Object.values(spoken(form))[0]) => ({ [boot.spoken]: text.includes(PLACE) ? text : `${PLACE}: ${text}` });

const valueOf = (form, name) => numberIn(form.elements[name].value);

/** By the key of the scenario's table: its fields, and their values as its file has them. */
const KINDS = {
  call: {
    fields: () => [choice("kind", t("What is it about?"), CALL_KINDS, (value) => named("kind", value)), words(t("A street of the city is put before the words, or where {place} stands.", { place: PLACE }))],
    values: (form) => ({ kind: form.elements.kind.value, words: spokenOf(form) }),
    moment: true,
  },
  calls: {
    fields: () => [amount("per_hour", t("Callers"), 60, t("an hour")), lasts(30)],
    values: (form) => ({ per_hour: valueOf(form, "per_hour") }),
  },
  snow: {
    fields: () => [amount("cm_h", t("Snow"), 3, t("cm an hour")), choice("place", t("Where"), ["", ...PARTS], (value) => (value ? t(`city_part:${value}`) : t("everywhere"))), lasts(60)],
    values: (form) => ({ cm_h: valueOf(form, "cm_h"), ...(form.elements.place.value ? { place: form.elements.place.value } : {}) }),
  },
  trouble: {
    fields: () => [choice("machine", t("Machine"), boot.machines.map((_, at) => at + 1), (at) => boot.machines[at - 1]), choice("kind", t("What goes wrong"), TROUBLES, (value) => t(`trouble:${value}`)), lasts(60)],
    values: (form) => ({ machine: Number(form.elements.machine.value), kind: form.elements.kind.value }),
  },
  blocked: {
    fields: () => [street(), words(t("What the driver says who comes to it")), lasts(60)],
    values: (form) => ({ street: form.elements.street.value, words: spoken(form) }),
  },
  closure: {
    fields: () => [street(), words(t("A street of the city is put before the words, or where {place} stands.", { place: PLACE })), lasts(120)],
    values: (form) => ({ street: form.elements.street.value, words: spokenOf(form) }),
  },
  message: {
    fields: () => [words(t("What somebody tells the dispatchers, such as a minister's office"))],
    values: (form) => ({ words: spoken(form) }),
    moment: true,
  },
  power_cut: { fields: () => [lasts(30)], values: () => ({}) },
};

class Add extends Part {
  static properties = { kind: { state: true }, turn: { state: true }, sending: { state: true } };

  constructor() {
    super();
    this.choose("call");
  }

  /** Begin a form anew: what was written for one event is not meant for the next. */
  choose(kind) {
    this.kind = kind;
    this.turn = {};
  }

  hours(form) {
    const { began_at } = training.value.stands;
    const from = (now() - Date.parse(began_at)) / HOUR_MS + valueOf(form, "soon") / HOUR_MIN;
    return KINDS[this.kind].moment ? { at_h: from } : { from_h: from, until_h: from + valueOf(form, "lasts") / HOUR_MIN };
  }

  async send(event) {
    event.preventDefault();
    const form = event.target;
    this.sending = true;
    const details = { ...this.hours(form), ...KINDS[this.kind].values(form) };
    const added = await order("/api/training/events", { kind: this.kind, details });
    this.sending = false;
    if (!added) return;
    echo(t("Added: {what}", { what: t(`training_event:${this.kind}`) }));
    this.choose(this.kind);
  }

  render() {
    return html`<form class="add-form" @submit=${this.send}>
      ${field("event", t("What happens"), html`<select id="event" @change=${({ target }) => this.choose(target.value)}>${Object.keys(KINDS).map((kind) => html`<option value=${kind} ?selected=${kind === this.kind}>${t(`training_event:${kind}`)}</option>`)}</select>`)}
      ${keyed(this.turn, html`${KINDS[this.kind].fields()} ${amount("soon", t("Begins"), 0, t("min from now"))}`)}
      <button class="primary" ?disabled=${this.sending}>${t("Add it")}</button>
    </form>`;
  }
}
customElements.define("training-add", Add);
