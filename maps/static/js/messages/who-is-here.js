// Who else is at the board, in the strip and over a panel, and who changed last what the panel shows.
import { html } from "lit";
import { boot, now } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { isolated, number, t } from "../pages/texts.js";
import { personText } from "../accounts/people.js";
import { changeWords } from "./conflict.js";
import { beside, others, presence, subjectOf } from "./presence.js";
import { selection } from "../board/state.js";

const NEWS_MS = 10 * 60000; // an older change is history, not news

const names = (boards) => [...new Set(boards.map(({ login }) => personText(login)))].map(isolated).join(t(", "));

function lastChange() {
  const { change, subject } = presence.value;
  if (!change?.at || subject !== subjectOf(selection.value.chosen)) return "";
  if (change.who === boot.login || now() - Date.parse(change.at) > NEWS_MS) return "";
  return html`<p class="beside"><span class="icon icon-history" aria-hidden="true"></span>${changeWords(change)}</p>`;
}

/** Who looks at or edits what the panel shows, and who changed it just now. */
export function besideUs() {
  const here = selection.value.chosen ? beside().filter(({ login }) => login !== boot.login) : [];
  const editing = here.filter((one) => one.editing);
  const looking = here.filter((one) => !one.editing);
  return html`${editing.length ? html`<p class="beside danger" role="status"><span class="icon icon-pencil" aria-hidden="true"></span>${t("{who} is changing this right now", { who: names(editing) })}</p>` : ""}
  ${looking.length ? html`<p class="beside"><span class="icon icon-users" aria-hidden="true"></span>${t("{who} is viewing this too", { who: names(looking) })}</p>` : ""}
  ${lastChange()}`;
}

class People extends Part {
  get stores() {
    return [presence];
  }

  render() {
    const here = others().filter(({ login }) => login !== boot.login);
    const count = new Set(here.map(({ login }) => login)).size;
    if (count === 0) return "";
    return html`<span class="people" title=${t("Also at the board: {who}", { who: names(here) })}>
      <span class="icon icon-users" aria-hidden="true"></span><span class="in-words">${t("others:{count}", { count })}</span><span class="in-figures" aria-hidden="true">${number(count)}</span>
      <span class="unseen">${names(here)}</span>
    </span>`;
  }
}
customElements.define("board-people", People);
