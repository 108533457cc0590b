// The operator's phone in a rehearsal: it rings, and what the caller says unfolds as if it were spoken.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { Part, icon } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt, notify, once } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { duration, isolated, t } from "../pages/texts.js";
import { begun } from "../requests/operator/drafts.js";
import { call, startCall } from "../requests/operator/state.js";
import { callerWords, speaking } from "./caller-words.js";

const AGAIN_MS = 1500;
const SHOW_MS = 1000;
const ANSWER_KEY = "F4";
const CONFLICT = 409;

/** What rings and who is on the line; `said` is how many of the words were heard, `missed` what is told of who hung up, until somebody else calls. */
const phone = new Store({ seated: true, players: [], ringing: [], line: null, said: Infinity, missed: "" });

const speak = speaking(phone);

/** Whether a call of the phone has a form, or the open one is not for it: it was begun, or belongs to another. */
const hasForm = ({ id }) => call.value.rang !== null || begun(call.value) || call.value.drafts.some(({ rang }) => rang === id);

function take(told, said = Infinity) {
  const isNew = told.line && told.line.id !== phone.value.line?.id;
  const isOver = told.line || told.ringing.length > 0;
  phone.set({ ...told, ...(isNew ? { said } : {}), ...(isOver ? { missed: "" } : {}) });
  if (!isNew) return;
  if (said === 0) speak();
  else if (!hasForm(told.line)) call.set({ rang: told.line.id }); // it was on the line when the page was loaded
}

let answersNext = false; // asked for while what was typed is still being recorded

const answer = once(async () => {
  const [first] = phone.value.ringing;
  answersNext = Boolean(first && call.value.saving);
  if (!first || answersNext) return;
  try {
    take(await post(`/api/training/calls/${first.id}/take`), 0);
  } catch (error) {
    return void refused(error);
  }
  if (startCall(phone.value.line.id)) document.getElementById("text").focus();
});

/** Who hung up is told of where the phone is, since nothing can be done about it. */
async function refused({ status, message }) {
  if (status === CONFLICT) phone.set({ ringing: [], missed: message });
  else notify(message, "danger");
  await ask();
}

async function end(id) {
  const told = await attempt(() => post(`/api/training/calls/${id}/end`));
  if (told) take(told);
}

/** What is recorded ends the call that it was typed for, whoever is on the line by now. */
call.follow((_, { saved, saving }) => {
  if (saved) ask();
  if (saving === false && answersNext) answer();
});

let showing = 0;
let shown = "";

/** Let who leads the training see what is typed, a moment later than it is. */
async function show() {
  showing = 0;
  const { text, guesses, chosen } = call.value;
  const screen = { words: text, place: guesses[chosen]?.said ?? "" };
  if (JSON.stringify(screen) === shown) return;
  shown = JSON.stringify(screen);
  await post("/api/training/screen", screen).catch(() => (shown = "")); // the next word is soon
}

call.follow(() => {
  showing ||= setTimeout(show, SHOW_MS);
});

async function ask() {
  try {
    take(await get("/api/training/calls"));
  } catch {
    // The next question is soon.
  }
}

async function follow() {
  await ask();
  setTimeout(follow, AGAIN_MS);
}

class Phone extends Part {
  get stores() {
    return [phone, call];
  }

  talking() {
    return html`${callerWords(phone.value)}
      <button type="button" @click=${() => end(phone.value.line.id)}>${icon("phone-off")}${t("Hang up")}</button>`;
  }

  ringing([first, ...others]) {
    const since = duration(now() - Date.parse(first.rang_at));
    return html`<p role="alert"><strong>${icon("phone-call")}${t("The phone rings")}</strong> <span class="muted small">${t("for {span}", { span: since })}${others.length ? html` · ${t("{count} more wait", { count: others.length })}` : ""}</span></p>
      <button type="button" class="primary" @click=${answer}>${icon("phone")}${t("Answer the call")}<kbd aria-hidden="true" dir="ltr">${ANSWER_KEY}</kbd></button>`;
  }

  render() {
    const { seated, players, ringing, line, missed } = phone.value;
    const waits = ringing.length > 0;
    const state = line ? "talks" : waits && seated ? "rings" : "";
    const elsewhere = players.length > 0 ? t("In the operator's seat: {names}. The phone rings there.", { names: players.map(isolated).join(t(", ")) }) : t("The simulation answers the phones.");
    const quiet = seated ? t("The phone is quiet.") : elsewhere;
    return html`<section class="training-phone ${state}" aria-label=${t("Phone of the training")}>
      ${line ? this.talking() : ""}
      ${waits && seated ? this.ringing(ringing) : ""}
      ${line || (waits && seated) ? "" : html`<p class="muted" role="status">${missed} ${quiet} ${seated ? "" : html`<a href="/training/seats">${t("Take this seat")}</a>`}</p>`}
    </section>`;
  }
}
customElements.define("training-phone", Phone);

document.addEventListener("keydown", (event) => {
  if (event.key !== ANSWER_KEY || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  answer();
});

await follow();
