// Around the crew's list: its three parts, whether anybody hears us, and how its work stands against the clock.
import { html, nothing } from "lit";
import { caller } from "../../messages/phone/caller.js";
import { thread, unseen } from "../../messages/phone/state.js";
import { now } from "../../pages/boot.js";
import { icon, Part } from "../../pages/element.js";
import { duration, number, t } from "../../pages/texts.js";
import { ahead, crew, jobs, show } from "./state.js";

const ON_TIME_MS = 120000; // less is neither late nor early
const TICK_MS = 60000;
const TABS = {
  list: ["list", () => t("List")],
  map: ["map", () => t("Map")],
  messages: ["message-square", () => t("Messages")],
};

const fresh = (name) => (name === "messages" && unseen().length > 0 ? html`<span class="fresh">${number(unseen().length)}</span>` : nothing);

class Tabs extends Part {
  get stores() {
    return [crew, thread];
  }

  updated() {
    const { view } = crew.value;
    document.querySelector("main").dataset.view = view;
    caller.set({ reads: view === "messages" });
  }

  render() {
    const { view, connected } = crew.value;
    return html`<nav class="tabs" aria-label=${t("Parts of this page")}>
        ${Object.entries(TABS).map(
          ([name, [picture, word]]) => html`<button class="tab" aria-pressed=${name === view} @click=${() => show(name)}>
            ${icon(picture)}<span>${word()}</span>${fresh(name)}
          </button>`,
        )}
      </nav>
      <div role="status">${connected ? nothing : html`<p class="line warning">${icon("wifi-off")}${t("No network. Work on: what you tap is kept.")}</p>`}</div>`;
  }
}
customElements.define("crew-tabs", Tabs);

/** How a job stands at a time: late where it ends after it is due, else early or on time against the list. */
export function standing({ due_at: due, ends_at: ends, until_at: until }, at) {
  const end = Math.max(Date.parse(ends), at);
  const late = end - Date.parse(due);
  if (late > ON_TIME_MS) return { late };
  const early = until ? Date.parse(until) - end : 0;
  return early > ON_TIME_MS ? { early } : {};
}

function standingWords({ late, early }) {
  if (late) return html`<strong class="danger">${t("{span} late", { span: duration(late) })}</strong>`;
  return html`<span>${early ? t("{span} early", { span: duration(early) }) : t("on time")}</span>`;
}

class Pace extends Part {
  get stores() {
    return [crew];
  }

  connectedCallback() {
    super.connectedCallback();
    this.ticking = setInterval(() => this.requestUpdate(), TICK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  render() {
    const [job, ...more] = ahead();
    if (!job?.ends_at) return nothing;
    const place = { n: jobs.length - more.length, all: jobs.length };
    return html`<p class="pace" role="status">
      <span>${t("Job {n} of {all}", place)}</span><span>${t("due {time}", { time: job.due })}</span>${standingWords(standing(job, now()))}
    </p>`;
  }
}
customElements.define("crew-pace", Pace);
