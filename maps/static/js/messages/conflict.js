// The question where somebody else was faster: look again, or take over.
import { html, render } from "lit";
import { boot } from "../pages/boot.js";
import { t, time } from "../pages/texts.js";
import { personText } from "../accounts/people.js";

const who = (login) => (login === boot.login ? t("you, in another window") : personText(login));

/** "Sara changed this at 04:12: put on the list." */
export function changeWords({ who: login, verb, at }) {
  const what = `done:${verb}` in boot.texts ? t(`done:${verb}`) : "";
  const words = t("Changed by {who} at {time}", { who: who(login), time: time(at) });
  return what ? `${words}: ${what}` : words;
}

/** Ask what to do about a change by somebody else; resolves to "reload" or "take over". */
export function askWhat(change) {
  const sheet = document.createElement("dialog");
  sheet.className = "ask-sheet";
  document.body.append(sheet);
  const answer = new Promise((done) => {
    sheet.addEventListener("close", () => done(sheet.returnValue === "take over" ? "take over" : "reload"));
  });
  render(
    html`<form method="dialog" class="column" aria-labelledby="conflict-title">
      <h2 id="conflict-title">${t("Somebody acted first")}</h2>
      <p>${changeWords(change)}</p>
      <p class="muted small">${t("Your order was not carried out. Look at the current state, or carry it out anyway.")}</p>
      <div class="pair">
        <button class="primary" value="reload" autofocus>${t("Look again")}</button>
        <button value="take over">${t("Take over")}</button>
      </div>
    </form>`,
    sheet,
  );
  sheet.showModal();
  return answer.finally(() => sheet.remove());
}
