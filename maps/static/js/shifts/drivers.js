// What drivers say: how far each shift is, the code that lets its driver in, and what is broken.
import { html } from "lit";
import { get } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { withNews } from "../pages/stream.js";
import { inLanguage, named, number, streetName, t, time, times } from "../pages/texts.js";
import { answerWords, reloadOut } from "./route-answers.js";
import { isPast, phaseOf, shiftOf } from "./truck-states.js";
import { facts } from "../pages/facts.js";
import { person, personText } from "../accounts/people.js";
import { change } from "../messages/presence.js";
import { board, keyed, mayDispatch, merge, onlyWall, selection } from "../board/state.js";

/** Who may drive, and the code that was just given: it is shown once and kept nowhere. */
export const codes = new Store({ drivers: [], given: null });

async function askDrivers() {
  const drivers = await attempt(() => get("/api/drivers"));
  if (drivers) codes.set({ drivers });
}

selection.follow(({ chosen }, changes) => {
  if (!("chosen" in changes)) return;
  if (codes.value.given) codes.set({ given: null });
  if (mayDispatch && chosen?.kind === "truck") askDrivers();
});

/** Ask how far all shifts are and what blocks streets: at the start, after a break, with a new storm or plan. */
export const reloadDrivers = withNews(async () => {
  const [shifts, blockages] = await Promise.all([get("/api/shifts"), get("/api/blockages"), onlyWall ? undefined : reloadOut()]);
  board.set({ shifts: keyed(shifts), blockages: keyed(blockages) });
});

const km = (metres) => Math.round(metres / 100) / 10;

/** "3.2 of 11 km plowed" of a truck's route, by evidence; nothing where its shift has no route. */
export function progress(vehicleId) {
  const check = board.value.checks.get(vehicleId);
  if (!(check?.work_m > 0) || check.shift_id !== shiftOf(vehicleId)?.id) return "";
  return t("{done} of {all} km plowed", { done: km(check.done_m), all: km(check.work_m) });
}

async function giveCode(event, shift) {
  event.preventDefault();
  const login = new FormData(event.target).get("login") ?? "";
  const given = await attempt(() => change(`shift:${shift.id}`, `/api/shifts/${shift.id}/code`, { login }));
  if (!given) return;
  codes.set({ given: { ...given, shift: shift.id } });
  merge("shifts", [{ id: shift.id, driver: given.login }]);
}

const digits = (code) => [...code].map((digit) => number(Number(digit))).join("");

const qrDrawing = ({ size, path }) =>
  html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${t("QR code that signs the driver in")}><path d=${path}></path></svg>`;

function shownCode({ code, qr, expires_at: until }) {
  return html`<div class="given" role="status">
    ${qrDrawing(qr)}
    <p class="small">${t("Let the driver scan this with the phone's camera, or:")}</p>
    <p class="digits"><bdi dir="ltr">${digits(code.slice(0, 4))} ${digits(code.slice(4))}</bdi></p>
    <p class="small">
      ${t("Tell the driver: open {address} and enter this code. It is shown only now.", { address: `${location.host}/drive` })}
    </p>
    <p class="small muted">${t("Valid until {time}", { time: time(until) })}</p>
  </div>`;
}

function whoDrives(shift) {
  const { drivers } = codes.value;
  if (drivers.length === 0) return "";
  return html`<label
    ><span>${t("Who drives")}</span
    ><select name="login">
      <option value="">${t("whoever drives the machine")}</option>
      ${drivers.map((login) => html`<option value=${login} ?selected=${login === shift.driver}>${personText(login)}</option>`)}
    </select></label
  >`;
}

/** The form that gives a code for a shift, and the code that was given. */
export function codeForm(shift) {
  if (!shift || !mayDispatch || isPast(shift.vehicle_id)) return "";
  const { given } = codes.value;
  if (given?.shift === shift.id) return shownCode(given);
  return html`<form class="column" @submit=${(event) => giveCode(event, shift)}>
    ${whoDrives(shift)}
    <button class="wide">
      <span class="icon icon-key-round" aria-hidden="true"></span>${shift.driver ? t("Give a new code") : t("Give a code")}
    </button>
    ${shift.driver ? html`<p class="muted small">${t("A new code ends the old one and signs the old phone out.")}</p>` : ""}
  </form>`;
}

const leftOut = (shift) =>
  shift.reason ? html`${t(`skip:${shift.reason}`)}${shift.at ? html` · ${time(shift.at)}` : ""}` : null;

function done(shift) {
  const words = progress(shift.vehicle_id);
  if (!words || shift.skipped === 0) return words;
  return html`${words} · ${t("{count} left out", { count: shift.skipped })}`;
}

const fault = ({ names, grave, text }) => html`<li><span class=${grave ? "danger" : ""} dir="auto">${inLanguage(names)}</span>${text ? html`: <bdi>${text}</bdi>` : ""}</li>`;

/** What the driver found when he checked the machine before the shift. */
function checked({ check }) {
  if (!check) return null;
  const clock = { time: time(check.at) };
  if (check.faults.length === 0) return t("checked at {time}, all fine", clock);
  return html`${t("checked at {time}, faults:{count}", { ...clock, count: check.faults.length })}<ul class="faults">${check.faults.map(fault)}</ul>`;
}

/** What a truck's driver does, for its panel; `hours` says how much of the shift is left. */
export function driverFacts(vehicleId, hours) {
  const shift = shiftOf(vehicleId);
  if (!shift) return "";
  return html`<h3>${t("Its driver")}</h3>
    ${facts([
      [t("Driver"), shift.driver ? person(shift.driver) : null],
      [t("Shift"), named("shift", phaseOf(vehicleId))],
      [t("Hours"), html`<bdi>${times(shift.starts_at, shift.ends_at)}</bdi> · <a href="/roster#machine-${vehicleId}">${t("Roster")}</a>`],
      [t("Driver's answer to the route"), answerWords(shift)],
      [t("Vehicle check"), checked(shift)],
      [t("Hours of service"), hours],
      [t("Progress"), done(shift)],
      [t("Next"), phaseOf(vehicleId) === "driving" && shift.street ? html`<bdi>${streetName(shift.street)}</bdi>` : null],
      [t("Why the last one was left out"), leftOut(shift)],
    ])}`;
}
