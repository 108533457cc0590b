// What if there were other machines: asked here, answered by real searches behind the plans.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { attempt } from "../pages/notices.js";
import { get, post } from "../pages/net.js";
import { named, number, t, time } from "../pages/texts.js";
import { board, mayDispatch } from "../board/state.js";

let whatIfs = null;
let opened = false;
const change = new Map();

const redraw = () => board.set({});

/** Ask for questions and answers anew, if anybody looks at them. */
export async function reloadWhatIfs() {
  if (!opened) return;
  whatIfs = await get(`/api/what-ifs?lang=${boot.language}`);
  redraw();
}

function toggle(event) {
  opened = event.target.open;
  if (opened) attempt(reloadWhatIfs);
}

function step(type, by) {
  const count = (change.get(type.type) ?? 0) + by;
  change.set(type.type, Math.max(count, -type.in_service));
  redraw();
}

const wanted = () => Object.fromEntries([...change].filter(([, count]) => count !== 0));

async function ask(event) {
  event.preventDefault();
  const asked = await attempt(() => post("/api/what-ifs", { machines: wanted() }));
  if (!asked) return;
  change.clear();
  await attempt(reloadWhatIfs);
}

const withdraw = (id) =>
  attempt(async () => {
    await post(`/api/what-ifs/${id}/stop`);
    await reloadWhatIfs();
  });

const signed = (count) => (count > 0 ? `+${number(count)}` : count < 0 ? `−${number(-count)}` : number(0));

function typeRow(type) {
  const count = change.get(type.type) ?? 0;
  return html`<tr>
    <th scope="row">${type.name}</th>
    <td>${number(type.in_service)}</td>
    <td class="steps">
      <button type="button" ?disabled=${count <= -type.in_service} @click=${() => step(type, -1)} aria-label=${t("One fewer: {machine}", { machine: type.name })}>−</button>
      <output><bdi dir="ltr">${signed(count)}</bdi></output>
      <button type="button" @click=${() => step(type, 1)} aria-label=${t("One more: {machine}", { machine: type.name })}>+</button>
    </td>
  </tr>`;
}

function form() {
  if (!mayDispatch) return "";
  return html`<form class="column" @submit=${ask}>
    <table class="classes">
      <thead>
        <tr><th scope="col">${t("Machine")}</th><th scope="col">${t("In service")}</th><th scope="col">${t("More or fewer")}</th></tr>
      </thead>
      <tbody>${whatIfs.types.map(typeRow)}</tbody>
    </table>
    <p class="muted small">${t("Both fleets are planned within 20 s, when no plan is waiting. An added machine begins now at its yard.")}</p>
    <button class="wide" ?disabled=${Object.keys(wanted()).length === 0}>${t("When would the streets be clear?")}</button>
  </form>`;
}

const classRow = (row) => html`<tr>
  <th scope="row">${named("short", row.service_class)}</th>
  <td><bdi>${row.base_words}</bdi></td>
  <td><bdi>${row.found_words}</bdi></td>
  <td>${row.words}${row.limit ? html` <span class="muted small">${row.limit}</span>` : ""}${row.not_before ? html` <span class="muted small">${t("not before {time}, whatever the plan", { time: time(row.not_before) })}</span>` : ""}</td>
</tr>`;

const notes = (answer) =>
  [
    t("From {time} on, {count} s for both fleets.", { time: time(answer.as_of), count: answer.seconds }),
    t("Two searches for one fleet differ by up to {count} min; smaller differences do not count.", {
      count: Math.max(0, ...answer.classes.map(({ chance_min: chance }) => chance)),
    }),
    answer.without.length ? t("Without {names}.", { names: answer.without.join(t("list:, ")) }) : "",
    answer.unserved || answer.base_unserved
      ? t("Jobs left out: {now} now, {then} then.", { now: answer.base_unserved, then: answer.unserved })
      : "",
  ]
    .filter(Boolean)
    .join(" ");

function done(answer) {
  return html`<p>${answer.words}</p>
    <details>
      <summary>${t("Every class")}</summary>
      <table class="classes">
        <thead>
          <tr><th scope="col">${t("Class")}</th><th scope="col">${t("As it is")}</th><th scope="col">${t("Changed")}</th><th scope="col">${t("Difference")}</th></tr>
        </thead>
        <tbody>${answer.classes.map(classRow)}</tbody>
      </table>
      <p class="muted small">${notes(answer)}</p>
    </details>`;
}

function computing(answer) {
  return html`<p>${answer.change}: <em>${t("computing…")}</em>
      ${answer.ahead ? html`<span class="muted small">${t("{count} before it", { count: answer.ahead })}</span>` : ""}</p>
    <progress max="1" .value=${answer.share} aria-label=${t("Time used")}></progress>
    ${mayDispatch ? html`<button class="quiet" @click=${() => withdraw(answer.id)}>${t("Cancel")}</button>` : ""}`;
}

const failed = (answer) =>
  html`<p>${answer.change}: ${answer.fault ? t(answer.fault, answer.fault_values) : t("error:server")}</p>`;

const STATES = { done, computing, failed };

function questions() {
  if (!whatIfs) return html`<p class="muted small">${t("Loading…")}</p>`;
  return html`${form()}
    ${
      whatIfs.asked.length
        ? html`<ul class="answers" aria-live="polite">${whatIfs.asked.map((answer) => html`<li class=${answer.state}>${STATES[answer.state](answer)}</li>`)}</ul>`
        : ""
    }`;
}

/** Questions about the fleet; they are asked for when somebody opens them. */
export const whatIf = () => html`<details class="what-if" @toggle=${toggle}>
  <summary>${t("What if there were other machines?")}</summary>
  ${opened ? questions() : ""}
</details>`;
