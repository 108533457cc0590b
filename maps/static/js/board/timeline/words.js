// What a bar or a row of the timeline says in words: for the tip, the reader of a screen, and the table.
import { brief, named, number, t, time } from "../../pages/texts.js";
import { stateOf } from "./lanes.js";

const MINUTE_MS = 60000;

/** How late a row is, in words. */
export function lateWords(lane) {
  const late = lane.became.late_s * 1000;
  if (Math.abs(late) < MINUTE_MS) return t("on time");
  const span = brief(Math.abs(late));
  return late < 0 ? t("{span} early", { span }) : t("{span} late", { span });
}

/** "Plow 7, 14:20–14:24: clears Kashani Street; done at 14:30." `street` is a name, or empty. */
export function legWords(lane, leg, street) {
  const kind = lane.kinds[leg];
  const parts = {
    truck: lane.name,
    from: time(lane.starts[leg]),
    to: time(lane.ends[leg]),
    what: street ? t("{kind}: {street}", { kind: named("leg_kind", kind), street }) : named("leg_kind", kind),
  };
  const planned = t("{truck}, {from} to {to}, {what}", parts);
  const at = lane.became.done.get(leg);
  const state = named("leg", stateOf(lane, leg));
  return `${planned} · ${at ? t("{state} at {time}", { state, time: time(at) }) : state}`;
}

/** How far a row is: "212 of 530 legs". */
export const doneWords = (lane) =>
  t("{found} of {all}", { found: number(lane.became.next_leg), all: number(lane.kinds.length) });
