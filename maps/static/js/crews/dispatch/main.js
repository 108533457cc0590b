// Sends what a dispatcher says of crews and their jobs, and shows how things stand then.
import { sendForms } from "../../pages/forms.js";
import { listen } from "../../pages/stream.js";
import { ownDigits, t } from "../../pages/texts.js";
import "../../pages/theme.js";
import { heardOfMessages } from "./thread.js";
import { numberIn } from "../../pages/number-fields.js";

const stale = document.getElementById("stale");
const dialog = document.getElementById("code");

/** What the fields of a form say; what is left empty is left out. */
function filled(form) {
  const wanted = {};
  for (const field of form.elements) {
    const { name, type, value } = field;
    if (!name) continue;
    if (name === "works") {
      wanted.works ??= [];
      if (field.checked) wanted.works.push(value);
    } else if (type === "checkbox") wanted[name] = field.checked;
    else if (name === "crew_id") wanted.crew_id = Number(value);
    else if (name === "contact" || name === "words") wanted[name] = value;
    else if (value.trim() !== "") wanted[name] = "number" in field.dataset ? numberIn(value) : value;
  }
  return wanted;
}

function wanted(form) {
  const { job, step, crew } = form.dataset;
  const said = filled(form);
  if (step) return { ...said, job_id: Number(job), step };
  return crew ? { ...said, crew_id: Number(crew) } : said;
}

function showCode({ code, crew, qr }) {
  const drawing = dialog.querySelector(".qr");
  drawing.setAttribute("viewBox", `0 0 ${qr.size} ${qr.size}`);
  drawing.querySelector("path").setAttribute("d", qr.path);
  dialog.querySelector("h2").textContent = t("Code for {crew}", { crew });
  dialog.querySelector(".digits").textContent = ownDigits(code).replace(/(.{4})/, "$1 ");
  dialog.showModal();
}

let sending = false;

/** Show the page anew with the reader where he was, or the code that was asked for. */
function sent(form, answer) {
  if (form.dataset.shows) {
    showCode(answer);
    form.querySelector("button").disabled = false;
    return;
  }
  sending = true;
  if (form.dataset.job) sessionStorage.setItem("crew-job", form.dataset.job);
  location.reload();
}

sendForms({
  wanted,
  headers: ({ dataset: { version } }) => (version ? { "if-match": version } : {}),
  sent,
});

const moved = document.getElementById(`job-${sessionStorage.getItem("crew-job")}`);
sessionStorage.removeItem("crew-job");
moved?.scrollIntoView({ block: "center" });
moved?.querySelector("button")?.focus({ preventScroll: true });

/** Others' changes are shown at once, but not under somebody's hands. */
const changed = () => {
  if (sending) return;
  const busy = dialog.open || document.querySelector("main details[open] form") || document.activeElement?.matches("select, input");
  if (busy) stale.hidden = false;
  else location.reload();
};
listen({ crews: changed, messages: heardOfMessages }, { heard() {}, lost() {}, resumed: changed });
