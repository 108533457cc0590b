// Sends what a dispatcher says of shifts, machines and notes, and shows how things stand then, without leaving the page.
import { sendForms, wake } from "../../pages/forms.js";
import { inOrder } from "../../pages/app/in-order.js";
import { listen } from "../../pages/stream.js";
import "../../pages/theme.js";
import { placeBars, startBulk } from "./bulk.js";

const FOLLOW_MS = 30000; // what is seen of a shift, and the hour, change without an order
const SETTLE_MS = 2000;
const quiet = () => {};

const LIVE = ["misfits", "live", "notes"];
const fault = document.getElementById("fault");

const filled = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, name === "long_hours" ? true : value]));

function wanted(form) {
  const { vehicle, on } = form.dataset;
  if (vehicle) return { ...filled(form), vehicle_id: Number(vehicle) };
  if (on) return { ...filled(form), on: on === "yes" };
  return filled(form);
}

/** Whether a note is being written, which is not taken from under anybody's hands. */
const isWriting = (part) => [...part.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue || field === document.activeElement);

/** Ask for the page as it is now. */
async function ask() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Whether somebody is at work with a machine or answers a question about many. */
const isBusy = () => document.querySelector("#live details[open], #bulk .danger-button") || document.activeElement?.matches("#live :not([name=machine])");

/** Take over what changes from the page as it is now; the machine that a hand is at stays under it. */
function take(page) {
  const ticked = document.activeElement?.matches("#live [name=machine]") ? document.activeElement.value : null;
  for (const id of LIVE) {
    const [old, now] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !now || isWriting(old)) continue;
    old.replaceWith(document.adoptNode(now));
    wake(now);
  }
  placeBars();
  bulk?.follow();
  if (ticked !== null) document.querySelector(`#live [name=machine][value="${ticked}"]`)?.focus();
}

/** Show the page as it is now: what is only followed is not taken from under anybody's hands. */
const show = inOrder(ask, (page, follows) => {
  if (!(follows && isBusy())) take(page);
});

/** After an order: show what came of it; what was wrong before is past. */
function renew() {
  fault.hidden = true;
  return show(false).catch(() => location.reload());
}

/** Follow the shifts as they begin, go on and end, whoever changes them. */
function follow() {
  if (!isBusy()) show(true).catch(quiet); // the next time will do
}

/** A chip of a form sets when the shift ends; it is saved with the rest of the form. */
document.addEventListener("click", ({ target }) => {
  const { ends } = target.dataset ?? {};
  if (ends) target.closest("form").elements.ends_at.value = ends;
});

placeBars();
const bulk = startBulk(renew);
sendForms({
  wanted,
  headers: ({ dataset: { version } }) => (version ? { "if-match": version } : {}),
  sent: (form) => {
    form.reset();
    return renew();
  },
});

let due = null;

/** Shifts change in crowds: all of them are shown at once. */
const soon = () => {
  due ??= setTimeout(() => {
    due = null;
    follow();
  }, SETTLE_MS);
};

listen({ legs: soon, storm: soon }, { heard: quiet, lost: quiet, resumed: soon });
setInterval(follow, FOLLOW_MS);
