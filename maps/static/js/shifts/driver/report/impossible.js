// "Impossible for this machine": the street of the stage, or the turn that comes next; the planner hears of either.
import { html, nothing } from "lit";
import { t } from "../../../pages/texts.js";
import { guide } from "../guide/state.js";
import { report } from "../outbox.js";
import { drive } from "../state.js";
import { icon, turnIcon, where } from "../words.js";

const NO_TURNS = ["straight", "gear", "reload", "rest", "depot"];

const isTurn = ({ kind }) => !NO_TURNS.includes(kind);

/** The turn that comes next, with the stage that it leads into or is in; of a stage that is not led along its first one. */
function comingTurn(stage) {
  const { mode, standing } = guide.value;
  const led = mode === "on" ? standing?.maneuver : undefined;
  const into = led ? drive.value.stages[led.run] : stage;
  const turn = led ?? into?.maneuvers?.find(isTurn);
  return turn && isTurn(turn) && into.line[turn.at] ? { ...turn, stage: into, point: into.line[turn.at] } : null;
}

/** The two things that may be impossible; `sent` is called once one is chosen. */
export function impossible(stage, sent) {
  const turn = comingTurn(stage);
  const choose = (of, point) => {
    report(of, "impossible", point);
    sent();
  };
  return html`<h2>${t("What is impossible?")}</h2>
    <div class="reasons">
      <button @click=${() => choose(stage)}>${icon("shrink")}<span>${t("This street")}<br /><bdi class="muted">${stage ? where(stage) : ""}</bdi></span></button>
      ${
        turn
          ? html`<button @click=${() => choose(turn.stage, turn.point)}>${icon(turnIcon(turn.kind))}<span>${t("This turn")}<br /><span class="muted">${turn.text}</span></span></button>`
          : nothing
      }
    </div>`;
}
