// Starts the inspections page.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./list.js";
import "./sheet.js";
import { followSun } from "../../pages/app/daylight.js";
import { keepApp } from "../../pages/app/installed.js";
import { writing } from "../../pages/app/writing.js";
import { outbox, resume } from "./outbox.js";
import { inspections, reload, restore } from "./state.js";

const AGAIN_MS = 120000; // between two looks for what is new; nobody needs it sooner on foot
const ASKED = { enableHighAccuracy: true, timeout: 30000, maximumAge: 15000 };

const mayReload = () => !inspections.value.opened && outbox.value.waiting === 0 && !writing();

/** Ask where the phone is: for the order of the list, and for each answer. */
function locate() {
  if (!globalThis.isSecureContext) return;
  const take = ({ coords }) => inspections.set({ here: { lon: coords.longitude, lat: coords.latitude } });
  navigator.geolocation?.getCurrentPosition(take, () => undefined, ASKED);
}

function look() {
  if (document.visibilityState !== "visible") return;
  locate();
  if (!inspections.value.opened) reload();
}

followSun();
keepApp({ may: mayReload });
await restore();
await resume();
look();
setInterval(look, AGAIN_MS);
document.addEventListener("visibilitychange", look);
addEventListener("online", look);
inspections.follow((_, changes) => changes.opened && locate());
