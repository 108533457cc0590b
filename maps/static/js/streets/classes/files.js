// Decisions as files: download what is decided, upload what was decided elsewhere.
import { html } from "lit";
import { attempt } from "../../pages/notices.js";
import { send as sendForm } from "../../pages/net.js";
import { Store } from "../../pages/store.js";
import { named, t } from "../../pages/texts.js";
import { mayDecide, offerUndo, refresh } from "./state.js";

export const upload = new Store({ busy: false, name: "", mistakes: [] });

async function send(event) {
  const { form, files: sent } = event.target;
  if (!sent.length) return;
  upload.set({ busy: true, name: sent[0].name, mistakes: [] });
  const outcome = await attempt(() => sendForm("/api/classes/file", new FormData(form)));
  event.target.value = ""; // so that the same file, mended, can be chosen again
  upload.set({ busy: false, mistakes: outcome?.mistakes ?? [] });
  if (!outcome || outcome.mistakes.length) return;
  const count = outcome.decided.changed;
  offerUndo(
    t("{name}: {count} street decided anew.", { name: upload.value.name, count }),
    count ? outcome.decided.undo : null,
  );
  await refresh();
}

const place = (mistake) =>
  mistake.line ? t("Line {line}", { line: mistake.line }) : t("The file");

const said = ({ expected, got }) =>
  got
    ? t("expected {expected}, got “{got}”", { expected, got })
    : t("expected {expected}", { expected });

function mistakes() {
  const { mistakes: wrong, name } = upload.value;
  if (!wrong.length) return "";
  return html`<div class="wrong" role="alert">
    <p class="danger">${t("{name} has {count} mistake; nothing was changed.", { name, count: wrong.length })}</p>
    <ul>
      ${wrong.slice(0, 50).map(
        (one) => html`<li>
          <strong>${place(one)}${one.field ? t(", {column}", { column: named("head", one.field) }) : ""}:</strong>
          ${said(one)}
        </li>`,
      )}
    </ul>
  </div>`;
}

function uploadForm() {
  const { busy } = upload.value;
  const word = busy ? t("Loading …") : t("Import decisions …");
  return html`<form class="upload">
      <label class="tick"><input type="checkbox" name="replace" value="true" />${t("Streets that are not in the file follow the rules")}</label>
      <label class="send ${busy ? "busy" : ""}"
        ><span class="icon icon-file-up" aria-hidden="true"></span>${word}<input
          class="unseen"
          name="file"
          type="file"
          accept=".csv,.geojson,.json"
          ?disabled=${busy}
          @change=${send}
      /></label>
      <p class="small muted">${t("A .csv or .geojson file with street, class, cycle_h and note")}</p>
    </form>
    ${mistakes()}`;
}

/** Download and, for an administrator, upload. */
export const files = () => html`<details class="files">
  <summary>${t("Decisions as a file")}</summary>
  <p class="ends">
    <a class="quiet" href="/classes/decisions.csv" download><span class="icon icon-download" aria-hidden="true"></span>${t("Spreadsheet (CSV)")}</a>
    <a class="quiet" href="/classes/decisions.geojson" download><span class="icon icon-download" aria-hidden="true"></span>${t("Map (GeoJSON)")}</a>
  </p>
  ${mayDecide ? uploadForm() : ""}
</details>`;
