// What a dispatcher does with a truck: the first thing in its panel, one button each.
import { html } from "lit";
import { Store } from "../pages/store.js";
import { number, t } from "../pages/texts.js";
import { personText } from "../accounts/people.js";
import { breakDown, giveStreets, isBroken } from "../replanning/replan.js";
import { codeForm } from "../shifts/drivers.js";
import { hoursOrders } from "../shifts/fleet-orders.js";
import { isPast, shiftOf } from "../shifts/truck-states.js";
import { unread } from "./rows.js";
import { board, mayDispatch, selection } from "./state.js";

/** Which action's form is open: "messages", "code" or "hours". */
export const opened = new Store({ part: null });

selection.follow(({ chosen }, changes) => {
  if ("chosen" in changes) opened.set({ part: chosen?.kind === "truck" && unread(chosen.id) > 0 ? "messages" : null });
});

const PARTS = {
  messages: (id) => html`<truck-messages .vehicle=${id}></truck-messages>`,
  code: (id) => codeForm(shiftOf(id)),
  hours: (id) => hoursOrders([id]),
};

const toggle = (name, icon, words, badge = "") => {
  const open = opened.value.part === name;
  return html`<button aria-expanded=${open} aria-controls="truck-part" @click=${() => opened.set({ part: open ? null : name })}>
    <span class="icon icon-${icon}" aria-hidden="true"></span>${words}${badge}
  </button>`;
};

const act = (icon, words, title, does) =>
  html`<button title=${title} @click=${does}><span class="icon icon-${icon}" aria-hidden="true"></span>${words}</button>`;

const count = (id) => (unread(id) > 0 ? html`<span class="count">${number(unread(id))}</span>` : "");

/** The driver's number to call. */
export const callLink = (details) =>
  details?.phone
    ? html`<a class="button" href="tel:${details.phone.replace(/[^+\d]/g, "")}">
        <span class="icon icon-phone" aria-hidden="true"></span>${t("Call {who}", { who: personText(details.driver) })} <bdi dir="ltr">${details.phone}</bdi>
      </a>`
    : "";

/** Orders about a truck, those that are given most first, and the form of the one that is open. */
export function truckActions(id, details) {
  if (!board.value.storm) return "";
  if (!mayDispatch) return html`${callLink(details)} ${PARTS.messages(id)}`;
  const [shift, { part }] = [shiftOf(id), opened.value];
  const driven = board.value.plan !== null && !isBroken(board.value.out.get(id));
  return html`<section class="truck-actions" aria-label=${t("Actions")}>
      ${toggle("messages", "message-square", t("Message"), count(id))}
      ${driven ? act("triangle-alert", t("Broken down"), t("Broken down: give its streets to others"), () => breakDown(id)) : ""}
      ${driven ? act("route", t("Give streets"), t("It is new: give it streets of others"), () => giveStreets(id)) : ""}
      ${shift && !isPast(id) ? toggle("code", "key-round", t("Driver code")) : ""}
      ${shift ? toggle("hours", "clock", t("Hours")) : ""} ${callLink(details)}
    </section>
    ${part ? html`<div class="truck-part" id="truck-part">${PARTS[part](id)}</div>` : ""}`;
}
