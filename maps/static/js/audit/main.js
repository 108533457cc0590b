// The audit log needs scripts for the theme, and to prove the log and show how far that is.
import "../pages/theme.js";
import { html, render } from "lit";
import { postStreaming } from "../pages/net.js";
import { t } from "../pages/texts.js";

const proof = document.getElementById("proof");
const button = proof.querySelector("button");
const outcome = proof.querySelector(".outcome");

const show = (content) => render(content, outcome);

const progress = ({ lines, total }) =>
  html`<label for="read">${lines < total ? t("{lines} of {total} lines read", { lines, total }) : t("Comparing the records with the lines")}</label>
    <progress id="read" max=${Math.max(total, 1)} value=${lines}></progress>`;

const failed = (text) => html`<p class="problem" role="alert">${text}</p>`;

const found = ({ whole, says, notes, findings, receipt }) =>
  html`<p class="verdict ${whole ? "whole" : "broken"}"><span class="icon icon-${whole ? "shield-check" : "shield-alert"}" aria-hidden="true"></span>${says}</p>
    ${findings.length ? html`<ul>${findings.map((each) => html`<li>${each}</li>`)}</ul>` : ""}
    ${notes.map((each) => html`<p class="small">${each}</p>`)}
    <p class="small muted">${t("Receipt, to keep outside of the server")} <code dir="ltr">${receipt}</code></p>`;

async function prove() {
  button.disabled = true;
  show(html`<p class="small muted">${t("The proof begins")}</p>`);
  let ended = false;
  try {
    await postStreaming("/api/audit-log/proof", (step) => {
      ended = "proof" in step || "error" in step;
      if (step.proof) show(found(step.proof));
      else show(step.error ? failed(step.error) : progress(step));
    });
    if (!ended) show(failed(t("error:server")));
  } catch (error) {
    show(failed(error.message));
  }
  button.disabled = false;
}

button.addEventListener("click", prove);
