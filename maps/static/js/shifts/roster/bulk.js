// The roster's orders for many machines at once, and where bars stand on the scale.
import { post } from "../../pages/net.js";
import { isolated, t } from "../../pages/texts.js";
import { doneWords, missedWords, SURE, tooLong } from "../order-words.js";

/** Put what belongs to a time where it is on the scale; a page may not carry styles of its own. */
export function placeBars() {
  for (const part of document.querySelectorAll("[data-at]")) {
    part.style.insetInlineStart = `${part.dataset.at}%`;
    if (part.dataset.width) part.style.inlineSize = `${part.dataset.width}%`;
  }
}

const ticks = () => [...document.querySelectorAll("#live input[name=machine]")];

const paragraph = (text, kind = "") => Object.assign(document.createElement("p"), { textContent: text, className: kind });

function refusals(refused, again) {
  const list = document.createElement("ul");
  list.append(...refused.map(({ vehicle, message }) => Object.assign(document.createElement("li"), { textContent: `${isolated(vehicle)}: ${message}` })));
  const box = Object.assign(document.createElement("div"), { className: "problem" });
  box.append(list);
  const long = tooLong(refused);
  if (long.length > 0) {
    const button = Object.assign(document.createElement("button"), { textContent: t("Extend them all the same") });
    button.addEventListener("click", () => again(long));
    box.append(button);
  }
  return box;
}

/** Let ticked machines be ordered about together; `renew` shows how things stand then. */
export function startBulk(renew) {
  const bar = document.getElementById("bulk");
  if (!bar) return null;
  const [all, chosen, answer] = ["all", "chosen", "answer"].map((id) => document.getElementById(id));
  const ids = new Set();
  const words = new Map([...bar.querySelectorAll("[data-order]")].map((button) => [button, button.textContent]));

  /** Show how many are ticked; after the page was renewed, tick them again. */
  function follow() {
    const boxes = ticks();
    for (const box of boxes) box.checked = ids.has(Number(box.value));
    all.checked = ids.size > 0 && ids.size === boxes.length;
    all.indeterminate = ids.size > 0 && !all.checked;
    chosen.textContent = ids.size > 0 ? t("trucks:{count}", { count: ids.size }) : t("Choose all");
    for (const [button, text] of words) {
      button.disabled = ids.size === 0;
      button.textContent = text;
      button.classList.remove("danger-button");
    }
  }

  async function order(wish) {
    answer.replaceChildren();
    for (const button of words.keys()) button.disabled = true; // a second click would order it twice
    try {
      const done = await post(`/api/storms/${bar.dataset.storm}/fleet-orders`, wish);
      await renew();
      const [did, missed] = [doneWords(wish.kind, done), missedWords(done)];
      if (did) answer.append(paragraph(did));
      if (missed) answer.append(paragraph(missed, "problem"));
      const again = (vehicles) => order({ ...wish, vehicle_ids: vehicles, long_hours: true });
      if (done.refused.length > 0) answer.append(refusals(done.refused, again));
    } catch (error) {
      answer.append(paragraph(error.message, "problem"));
      follow();
    }
  }

  /** What cannot be undone asks once: its button says what a second click does. */
  function asksFirst(button) {
    const sure = SURE[button.dataset.order];
    if (!sure || button.classList.contains("danger-button")) return false;
    follow();
    button.textContent = sure(ids.size);
    button.classList.add("danger-button");
    return true;
  }

  bar.addEventListener("click", ({ target, detail }) => {
    const button = target.closest("[data-order]");
    if (!button || detail > 1 || asksFirst(button)) return; // a double click is one answer, not two
    const { order: kind, hours, until } = button.dataset;
    order({ kind, vehicle_ids: [...ids], ...(hours ? { hours: Number(hours) } : {}), ...(until ? { until } : {}) });
  });
  document.addEventListener("change", ({ target }) => {
    if (target === all) for (const box of ticks()) (all.checked ? ids.add(Number(box.value)) : ids.delete(Number(box.value)));
    else if (target.name === "machine") (target.checked ? ids.add(Number(target.value)) : ids.delete(Number(target.value)));
    else return;
    follow();
  });
  follow();
  bar.inert = false;
  return { follow };
}
