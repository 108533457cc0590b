// The rehearsal's clock: paused, sped up, marked and set back.
import { html } from "lit";
import { now } from "../../pages/boot.js";
import { TickingPart, icon } from "../../pages/element.js";
import { dangerousChoice } from "../../pages/form-parts.js";
import { post } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { day, duration, number, secondTime, t, time } from "../../pages/texts.js";
import { refresh, training } from "./state.js";

const SPEEDS = [0.5, 1, 2, 5, 10, 30, 60];

async function send(path, body) {
  const answer = await attempt(() => post(path, body));
  await refresh();
  return answer;
}

/** How a mark is called: when it was, and what somebody wrote, or that the sandbox set it. */
const markName = ({ at, label }) => `${day(at)} · ${time(at)} · ${label || t("set by itself")}`;

class Clock extends TickingPart {
  static properties = { back: { state: true } };

  get stores() {
    return [training];
  }

  async mark(event) {
    event.preventDefault();
    const field = event.target.elements.label;
    if ((await send("/api/training/marks", { label: field.value.trim() })) !== undefined) field.value = "";
  }

  async setBack() {
    const { id } = this.back;
    this.back = null;
    await send(`/api/training/marks/${id}/set-back`, {});
  }

  /** That it is set back, which was asked for before it stopped to answer, or that it does not answer. */
  silence({ setting_back }, connected) {
    if (setting_back) return html`<p class="muted" role="status">${t("The training is being set back. This page loads again by itself.")}</p>`;
    return connected ? "" : html`<p class="problem" role="status">${t("The training does not answer. It may be being set back.")}</p>`;
  }

  question() {
    return html`<div class="question" role="group">
      <p>${t("Set everything back to {mark}? What was done since is lost; your notes stay.", { mark: markName(this.back) })}</p>
      ${dangerousChoice({ act: () => this.setBack(), acts: t("Set back"), keep: () => (this.back = null) })}
    </div>`;
  }

  backs(marks) {
    if (marks.length === 0) return "";
    return html`<label class="inline"><span>${t("Set back to")}</span>
      <select id="back" @change=${({ target }) => { this.back = marks.find(({ id }) => String(id) === target.value) ?? null; target.value = ""; }}>
        <option value="">${t("choose a mark")}</option>
        ${marks.map((mark) => html`<option value=${mark.id}>${markName(mark)}</option>`)}
      </select></label>`;
  }

  hours({ began_at, ends_at }) {
    const gone = now() - Date.parse(began_at);
    const all = Date.parse(ends_at) - Date.parse(began_at);
    return t("{gone} of {all}", { gone: duration(gone), all: duration(all) });
  }

  render() {
    const { stands, connected } = training.value;
    if (!stands) return html`<p class="muted">${t("Loading…")}</p>`;
    const { paused, speed: usual } = stands;
    const speeds = SPEEDS.includes(usual) ? SPEEDS : [...SPEEDS, usual].sort((one, other) => one - other);
    return html`<p class="storm-clock"><strong class="figure">${secondTime(now())}</strong> <span class="muted">${day(now())} · ${this.hours(stands)}</span></p>
      <button type="button" class=${paused ? "primary" : ""} id="pause" @click=${() => send("/api/training/clock", { paused: !paused })}>${icon(paused ? "play" : "pause")}${paused ? t("Go on") : t("Pause")}</button>
      <label class="inline"><span>${t("Speed")}</span>
        <select id="speed" @change=${({ target }) => send("/api/training/clock", { speed: Number(target.value) })}>
          ${speeds.map((speed) => html`<option value=${speed} ?selected=${speed === usual}>${t("{times} times", { times: number(speed, 1) })}</option>`)}
        </select></label>
      <form class="inline" @submit=${this.mark}>
        <label class="inline"><span>${t("Mark")}</span><input name="label" required maxlength="60" dir="auto" placeholder=${t("before the rush")}></label>
        <button>${icon("flag")}${t("Set a mark")}</button>
      </form>
      ${this.backs(stands.marks)}
      ${now() >= Date.parse(stands.ends_at) ? html`<p class="small" role="status">${t("The scenario is over.")} <a href="/training/debrief">${t("Debrief")}</a></p>` : ""}
      ${stands.held ? html`<p class="muted small" role="status">${t("The clock waits until a mark is set, or until the trucks have caught up; it goes on by itself.")}</p>` : ""}
      ${connected && stands.fault ? html`<p class="problem" role="status">${stands.fault}</p>` : ""}
      ${this.silence(stands, connected)}
      ${this.back ? this.question() : ""}`;
  }
}
customElements.define("training-clock", Clock);
