// The desk of an operator in a rehearsal, as who leads it sees it: what rings, who is on the line, what is typed.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { TickingPart, icon } from "../pages/element.js";
import { get } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { listen } from "../pages/stream.js";
import { duration, t } from "../pages/texts.js";
import "../pages/theme.js";
import { callerWords, speaking } from "./caller-words.js";

const AGAIN_MS = 1500;

/** How the desk stands, null until that is known; `said` is how many words of the caller on the line were heard. */
const desk = new Store({ seen: null, line: null, said: Infinity });
const speak = speaking(desk);

function take(seen) {
  const before = desk.value;
  const isNew = seen.line && seen.line.id !== before.line?.id;
  desk.set({ seen, line: seen.line, ...(isNew ? { said: before.seen ? 0 : Infinity } : {}) });
  speak();
}

async function follow() {
  try {
    take(await get(`/api${location.pathname}`));
  } catch {
    // The next question is soon.
  }
  setTimeout(follow, AGAIN_MS);
}

class Desk extends TickingPart {
  get stores() {
    return [desk];
  }

  ringing([first, ...others]) {
    const since = duration(now() - Date.parse(first.rang_at));
    return html`<p><strong>${icon("phone-call")}${t("The phone rings")}</strong> <span class="muted small">${t("for {span}", { span: since })}${others.length ? html` · ${t("{count} more wait", { count: others.length })}` : ""}</span></p>`;
  }

  render() {
    const { seen, line } = desk.value;
    if (!seen) return html`<p class="muted">${t("Loading…")}</p>`;
    if (!seen.seated) return html`<p class="muted">${t("{name} does not play the operator now.", { name: seen.name })}</p>`;
    const waits = seen.ringing.length > 0;
    return html`<section class="training-phone ${line ? "talks" : waits ? "rings" : ""}" aria-label=${t("Phone of the training")}>
        ${line ? callerWords(desk.value) : ""}
        ${waits ? this.ringing(seen.ringing) : ""}
        ${line || waits ? "" : html`<p class="muted">${t("The phone is quiet.")}</p>`}
      </section>
      <dl class="seen-typed">
        <dt>${t("What the caller says, with street and number")}</dt><dd><bdi>${seen.words || "–"}</bdi></dd>
        <dt>${t("Chosen place")}</dt><dd><bdi>${seen.place || "–"}</bdi></dd>
      </dl>`;
  }
}
customElements.define("training-desk", Desk);

listen();
await follow();
