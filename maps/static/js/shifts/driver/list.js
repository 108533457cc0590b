// The whole route as a list: quarters unfold into their pieces; a tap on a line shows it on the map.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Part } from "../../pages/element.js";
import { t, time } from "../../pages/texts.js";
import { withRest } from "./duty/rest.js";
import { grouped, groupRow, piecesDone, size } from "./guide/groups.js";
import { beginRest } from "./outbox.js";
import { current, drive } from "./state.js";
import { icon, measure, row } from "./words.js";

const STATE_ICON = { done: "circle-check", skipped: "ban" };

function state(stage) {
  if (stage.state === "open") return stage.expected_at ? [...measure(stage), time(stage.expected_at)].join(" · ") : undefined;
  const clock = stage.ended_at ? time(stage.ended_at) : "";
  return stage.state === "done"
    ? t("done {time}", { time: clock })
    : t("left out {time}: {reason}", { time: clock, reason: t(`skip:${stage.reason}`) });
}

class List extends Part {
  get stores() {
    return [drive];
  }

  /** Where nobody looks nothing is drawn: a thousand lines would keep the present stage waiting. */
  shouldUpdate() {
    return drive.value.view === "list";
  }

  updated() {
    if (this.shown === current()?.first) return;
    this.shown = current()?.first;
    this.querySelector('[aria-current="step"]')?.scrollIntoView({ block: "center" });
  }

  line(stage, now) {
    return html`<li>
      <button
        class="row ${stage.state}"
        aria-current=${stage === now ? "step" : nothing}
        @click=${() => (stage.due ? beginRest() : drive.set({ view: "map", looked: stage.first }))}
      >
        ${row(stage, stage.due ? [...measure(stage), t("tap to begin it now")].join(" · ") : state(stage), STATE_ICON[stage.state])}
      </button>
    </li>`;
  }

  quarter(group, now) {
    const isNow = group.stages.includes(now);
    const over = group.state !== "open";
    return html`<li>
      <details ?open=${isNow}>
        <summary class="row ${over ? "done" : ""}">
          ${groupRow(group, `${size(group)} · ${piecesDone(group)}`, over ? "circle-check" : "map")}${icon("chevron-down", "fold")}
        </summary>
        <ol>${group.stages.map((stage) => this.line(stage, now))}</ol>
      </details>
    </li>`;
  }

  /** A group; a rest that is due stands for itself. */
  group(group, now) {
    if (!group.stages) return this.line(group, now);
    return group.title ? this.quarter(group, now) : group.stages.map((stage) => this.line(stage, now));
  }

  render() {
    const { loaded, stages } = drive.value;
    if (!loaded) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (stages.length === 0) return html`<p class="plain muted">${t("No route yet")}</p>`;
    const now = current();
    return html`<ol class="route" aria-label=${t("My route")}>
      ${repeat(
        withRest(drive.value, grouped()),
        ({ first }) => first,
        (group) => this.group(group, now),
      )}
    </ol>`;
  }
}
customElements.define("drive-list", List);
