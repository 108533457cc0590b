// The check of the machine before the shift: a tap where something is wrong, one tap where all is fine.
import { html, nothing } from "lit";
import { Store } from "../../../pages/store.js";
import { inLanguage, t, time } from "../../../pages/texts.js";
import { check, start } from "../outbox.js";
import { drive } from "../state.js";
import { icon } from "../words.js";

const LETTERS = 200;

/** What was found so far, as words by code, and whether it is checked once more. */
export const looking = new Store({ faults: {}, again: false });

/** Whether the machine is to be checked before the shift begins. */
export const wanted = ({ shift }) => shift.state === "planned" && shift.points?.length > 0 && (!shift.check || looking.value.again);

const found = (points) => points.filter(({ code }) => code in looking.value.faults);

function toggle(code) {
  const { [code]: had, ...faults } = looking.value.faults;
  looking.set({ faults: had === undefined ? { ...faults, [code]: "" } : faults });
}

const write = (code, text) => looking.set({ faults: { ...looking.value.faults, [code]: text } });

function point({ code, names, grave }) {
  const { [code]: words } = looking.value.faults;
  const faulty = words !== undefined;
  const name = inLanguage(names);
  return html`<li class=${faulty ? "faulty" : ""}>
    <button aria-pressed=${faulty} @click=${() => toggle(code)}>
      ${icon(faulty ? "octagon-alert" : "circle")}<span dir="auto">${name}</span>
      ${faulty && grave ? html`<span class="sub">${t("With this the machine stays in the yard.")}</span>` : nothing}
    </button>
    ${
      faulty
        ? html`<input dir="auto" maxlength=${LETTERS} autocomplete="off" .value=${words} aria-label=${t("What is wrong with it: {point}", { point: name })} placeholder=${t("What is wrong? (if you like)")} @change=${({ target }) => write(code, target.value.trim())} />`
        : nothing
    }
  </li>`;
}

function outcome({ check: made }) {
  const again = html`<button class="quiet" @click=${() => looking.set({ faults: {}, again: true })}>${icon("undo-2", "mirrored")}${t("Check again")}</button>`;
  const clock = { time: time(made.at) };
  if (made.faults.length === 0) return html`<p class="checked">${icon("circle-check")}${t("Checked at {time}: all fine.", clock)}</p>${again}`;
  const names = made.faults.map(({ names }) => inLanguage(names)).join(" · ");
  return html`<p class="checked ${made.grave ? "grave" : ""}">${icon("octagon-alert")}<span>${t("Checked at {time}. Reported: {faults}", { ...clock, faults: names })}</span></p>
    ${made.grave ? html`<p>${t("Do not drive out: dispatch decides what happens now.")}</p>` : nothing}${again}`;
}

/** The points to look at before the shift, or what was found. */
export function checkPart(value) {
  const { shift } = value;
  if (wanted(value))
    return html`<section class="check" aria-label=${t("Vehicle check")}>
      <h3>${t("Vehicle check: tap what is not in order")}</h3>
      <ul>${shift.points.map(point)}</ul>
    </section>`;
  return shift.check ? html`<section class="check">${outcome(shift)}</section>` : nothing;
}

function report(points, goes) {
  check(found(points).map((one) => ({ ...one, text: looking.value.faults[one.code] })), points.length);
  looking.set({ faults: {}, again: false });
  if (goes) start();
}

/** The button at the thumb before the shift: its picture, its words and what it does; nothing where all that is left is to start. */
export function checkButton(value) {
  if (!wanted(value)) return null;
  const { points } = value.shift;
  const faults = found(points);
  if (faults.length === 0) return { picture: "check", words: t("All fine: start the shift"), does: () => report(points, true) };
  if (faults.some(({ grave }) => grave)) return { picture: "octagon-alert", words: t("Report it: the machine stays here"), does: () => report(points, false) };
  return { picture: "play", words: t("report and start:{count}", { count: faults.length }), does: () => report(points, true) };
}
