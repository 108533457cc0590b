// The chosen street's line is dragged onto a truck, on the map or in the list, or onto its route, to give it that street.
import { t, tileName } from "../pages/texts.js";
import { around } from "../pages/map/hover.js";
import { change, draftState, editing } from "./draft.js";
import { DropTargets } from "./drop-targets.js";
import { board, selection } from "../board/state.js";

const truckRow = (target) => target?.closest?.("#list-trucks [role='option'], #routes [role='option'], .taker");

/** The truck in a list under a place of the window. */
function listed(under) {
  const row = truckRow(under);
  if (!row) return null;
  return Number(row.dataset.vehicle ?? row.id.split("-").at(-1));
}

const dropOn = (street, vehicle) =>
  vehicle === null
    ? t("Drop on a truck or its route to assign {street} to it", { street })
    : t("Assign {street} to {truck}", { street, truck: board.value.vehicles.get(vehicle)?.name ?? "" });

/** Let streets be dragged on a map whose trucks are found by `trucks.at(point)`. */
export function enableDrag(map, trucks) {
  const offers = new DropTargets(map);
  /** The truck that a street would be dropped on, or null. */
  const taker = ({ clientX, clientY }) => {
    const under = document.elementFromPoint(clientX, clientY);
    if (!map.getContainer().contains(under)) return listed(under);
    const box = map.getCanvas().getBoundingClientRect();
    const point = { x: clientX - box.left, y: clientY - box.top };
    return trucks.at(point)?.id ?? offers.at(point);
  };
  const follow = (event) => {
    const { dragged } = draftState.value;
    const over = taker(event);
    if (over === dragged.over) return;
    document.body.dataset.dropping = String(over !== null);
    offers.hold(over);
    draftState.set({ dragged: { ...dragged, over, words: dropOn(dragged.name, over) } });
  };
  const drop = (event) => {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", drop);
    delete document.body.dataset.dropping;
    const { dragged } = draftState.value;
    const vehicle = taker(event);
    draftState.set({ dragged: null });
    offers.hold(null);
    map.getCanvas().style.cursor = "";
    if (dragged && vehicle) change({ kind: "move", segment_id: dragged.id, vehicle_id: vehicle });
  };
  map.on("mousedown", (event) => {
    const { chosen } = selection.value;
    if (!editing() || chosen?.kind !== "street" || trucks.at(event.point)) return;
    const street = around(map, event.point).find((one) => one.id === chosen.id);
    if (!street) return;
    event.preventDefault(); // the map stays where it is
    map.getCanvas().style.cursor = "grabbing";
    const name = tileName(street.properties);
    draftState.set({ dragged: { id: chosen.id, name, over: null, words: dropOn(name, null) } });
    document.body.dataset.dropping = "false";
    addEventListener("pointermove", follow);
    addEventListener("pointerup", drop);
  });
}
