// What is stored about a request: jobs, promises and what became of them, messages, calls, referrals, lines of the audit log.
import { html } from "lit";
import { person } from "../../accounts/people.js";
import { date, named, t, time, times } from "../../pages/texts.js";

const GRAVE = ["broken", "failed", "lost"];

const said = (at) => html`<time datetime=${at}>${t("{date}, {time}", { date: date(at), time: time(at) })}</time>`;

const tone = (state) => (GRAVE.includes(state) ? "danger" : "muted");

const part = (title, list, draw) =>
  list.length ? html`<section><h3>${title}</h3><ul class="entries">${list.map(draw)}</ul></section>` : "";

const machineJob = (job) => html`<li class="said">
  <p><strong>${named("treatment", job.treatment)}</strong> · ${t(`job_state:${job.state}`)}</p>
  ${job.done_at ? html`<p class="muted small">${t("done")} ${said(job.done_at)}</p>` : ""}
</li>`;

const crewJob = (job) => html`<li class="said">
  <p><strong>${named("crew_work", job.work)}</strong> · ${named("crew_job", job.state)}</p>
  <p class="muted small"><a href="/crews#job-${job.id}">${t("Crews and their lists")}</a></p>
</li>`;

/** Machines' jobs and the crew's. */
export const jobs = ({ jobs: machines, crew_job: crew }) =>
  part(t("Jobs"), [...machines.map(machineJob), ...(crew ? [crewJob(crew)] : [])], (each) => each);

/** Windows that the caller was promised. */
export const promises = (file) =>
  part(
    t("Promises"),
    file.promises,
    (one) => html`<li class="said">
      <p><strong><bdi>${times(one.from_at, one.to_at)}</bdi></strong> · <span class=${tone(one.state)}>${t(`promise:${one.state}`)}</span></p>
      <p class="muted small">${t("promised")} ${said(one.made_at)}${one.done_at ? html` · ${t("done")} ${said(one.done_at)}` : ""}</p>
    </li>`,
  );

/** Messages to the caller and letters to agencies. */
export const messages = (file) =>
  part(
    t("Messages"),
    file.messages,
    (one) => html`<li class="said">
      <p dir="auto">${one.says || t("message_kind:letter")}</p>
      <p class="small ${tone(one.state)}">${t(`message_state:${one.state}`)}${one.fault ? html` · ${t(`unsent:${one.fault}`)}` : ""} · ${said(one.told_at ?? one.at)}</p>
    </li>`,
  );

/** Callbacks. */
export const calls = (file) =>
  part(
    t("Callbacks"),
    file.calls,
    (one) => html`<li class="said">
      <p><strong>${t(`call:${one.outcome}`)}</strong> · ${t(`news:${one.news}`)}</p>
      ${one.note ? html`<p dir="auto">${one.note}</p>` : ""}
      <p class="muted small">${person(one.by, file.names)}${t(", ")}${said(one.at)}</p>
    </li>`,
  );

/** To whom it was referred, and the answers. */
export const referrals = (file) =>
  part(
    t("Referrals"),
    file.referrals,
    (one) => html`<li class="said">
      <p><strong><bdi>${one.agency}</bdi></strong> · ${t(`referral:${one.state}`)} · <a href="/requests/referrals/${one.id}">${t("Cover sheet")}</a></p>
      ${one.note ? html`<p dir="auto">${one.note}</p>` : ""}${one.answer ? html`<p class="quote" dir="auto">${one.answer}</p>` : ""}
      <p class="muted small">${said(one.at)}</p>
    </li>`,
  );

/** Who did what with it, newest last. */
export const history = (file) =>
  html`<section class="history"><h3>${t("History")}</h3>
    <ol class="entries">${file.history.map((line) => html`<li class="small"><span class="muted">${said(line.at)}</span> ${line.says}</li>`)}</ol>
  </section>`;
