// How far a storm is, when it came there, and where it may go from here.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { boot } from "../pages/boot.js";
import { get } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { dangerousChoice } from "../pages/form-parts.js";
import { Store } from "../pages/store.js";
import { isolated, named, nameHere, number, t } from "../pages/texts.js";
import { person } from "../accounts/people.js";
import { open, tell } from "./state.js";
import { refused, when } from "./words.js";

const WAY = ["forecast", "alert", "active", "clean_up", "closed"];

/** What would be lost by closing, once somebody asked for it. */
export const leaving = new Store({ to: null, left: null, busy: false });

async function ask(to) {
  if (to === "closed") {
    const left = await attempt(() => get(`/api/storms/${boot.storm}/left`));
    if (left) leaving.set({ to, left });
  } else leaving.set({ to, left: null });
}

async function go(row, to) {
  leaving.set({ to: null, left: null, busy: true });
  await tell("phase", "phase", { seen: row.phase, to });
  leaving.set({ busy: false });
}

/** Active, clean-up and alert can be taken back; what ends a storm cannot. */
const final = (to) => to === "closed" || to === "called_off";

const step = (row, moves) => (phase) => {
  const came = moves.findLast((move) => move.phase === phase);
  const state = phase === row.phase ? "here" : came ? "passed" : "ahead";
  return html`<li class=${state} aria-current=${state === "here" ? "step" : "false"}>
    <strong>${named("phase", phase)}</strong>
    <span class="small muted">${came ? when(came.at) : ""}</span>
    <span class="small muted">${came?.by ? person(came.by) : ""}</span>
  </li>`;
};

function leftOver({ jobs, requests, out, waiting, closures, crew_jobs: crews }) {
  const open_ = Object.values(jobs).reduce((sum, count) => sum + count, 0);
  const classes = Object.entries(jobs).map(([name, count]) => `${named("class", name)}: ${number(count)}`).join(" · ");
  return html`<ul class="remaining">
    <li>${open_ ? html`<span class="danger">${t("Work left on {count} street will be cancelled.", { count: open_ })}</span> <span class="muted small">${classes}</span>` : t("No work is left on any street.")}</li>
    ${crews ? html`<li><span class="danger">${t("{count} open crew job will be cancelled.", { count: crews })}</span></li>` : ""}
    ${requests ? html`<li>${t("{count} request goes back to waiting.", { count: requests })}</li>` : ""}
    <li>${out.length ? html`<span class="danger">${t("On the road, their routes and shifts end:")}</span> ${out.map(isolated).join(t(", "))}` : t("No machine is on the road.")}</li>
    ${waiting ? html`<li>${t("{count} shift that has not begun ends.", { count: waiting })}</li>` : ""}
    ${closures ? html`<li>${t("{count} closed street is forgotten.", { count: closures })}</li>` : ""}
  </ul>`;
}

const keep = () => leaving.set({ to: null, left: null });

function dialog(row) {
  const { to, left } = leaving.value;
  if (!to) return "";
  const question = to === "closed" ? t("Close the storm {name}?", { name: nameHere(row.name) }) : t("Call the storm {name} off?", { name: nameHere(row.name) });
  return html`<div class="card ask" role="alertdialog" aria-labelledby="ending" aria-describedby="ends">
    <h3 id="ending">${question}</h3>
    <p id="ends">${to === "closed" ? t("A closed storm stays closed: it can be replayed, and late evidence makes a numbered correction.") : t("A storm that was called off has no work and stays in the list.")}</p>
    ${left ? leftOver(left) : ""}
    ${dangerousChoice({ act: () => go(row, to), acts: named("go", to), keep, keeps: t("Keep the storm open") })}
  </div>`;
}

/** The bar of phases with the next move. */
export function phaseBar({ row, moves, next }) {
  const act = (to) => (final(to) ? ask(to) : go(row, to));
  const off = row.phase === "called_off";
  return html`<section class="phases" aria-label=${t("Phase")}>
    <ol>${WAY.map(step(row, moves))}</ol>
    ${off ? html`<p class="muted">${named("phase", row.phase)} · ${when(row.ended_at)}</p>` : ""}
    ${
      open(row)
        ? html`<div class="moves">${repeat(
            next,
            (to) => to,
            (to) => html`<button class=${to === next[0] ? "primary" : ""} ?disabled=${leaving.value.busy} @click=${() => act(to)}>${named("go", to)}</button>`,
          )}</div>`
        : ""
    }
    ${refused("phase")} ${dialog(row)}
  </section>`;
}
