// The chosen street's line is dragged onto a truck, on the map or in the list, to give it that street.
import { streetName, t } from "../core/texts.js";
import { around } from "../map/pointer.js";
import { change, editing, hand } from "./edit.js";
import { selection } from "./state.js";

const truckRow = (target) => target?.closest?.("#list-trucks [role='option'], #routes [role='option'], .taker");

/** The truck in a list under a place of the window. */
function listed(event) {
  const row = truckRow(document.elementFromPoint(event.clientX, event.clientY));
  if (!row) return null;
  return Number(row.dataset.vehicle ?? row.id.split("-").at(-1));
}

/** Let streets be dragged on a map whose trucks are found by `trucks.at(point)`. */
export function letDrag(map, trucks) {
  const follow = (event) => {
    document.body.dataset.dropping = String(listed(event) !== null);
  };
  const drop = (event) => {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", drop);
    delete document.body.dataset.dropping;
    const { dragged } = hand.value;
    hand.set({ dragged: null });
    map.getCanvas().style.cursor = "";
    const box = map.getCanvas().getBoundingClientRect();
    const vehicle = listed(event) ?? trucks.at({ x: event.clientX - box.left, y: event.clientY - box.top })?.id;
    if (dragged && vehicle) change({ kind: "move", segment_id: dragged.id, vehicle_id: vehicle });
  };
  map.on("mousedown", (event) => {
    const { chosen } = selection.value;
    if (!editing() || chosen?.kind !== "street" || trucks.at(event.point)) return;
    const street = around(map, event.point).find((one) => one.id === chosen.id);
    if (!street) return;
    event.preventDefault(); // the map stays where it is
    map.getCanvas().style.cursor = "grabbing";
    hand.set({ dragged: { id: chosen.id, words: t("Drop on a truck to give it {street}", { street: streetName(street.properties) }) } });
    addEventListener("pointermove", follow);
    addEventListener("pointerup", drop);
  });
}
