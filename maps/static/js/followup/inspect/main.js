// Starts the inspections page.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./list.js";
import "./sheet.js";
import { followSun } from "../../pages/app/daylight.js";
import { keepApp, takeUpdate } from "../../pages/app/installed.js";
import { writing } from "../../pages/app/writing.js";
import { listen } from "../../pages/stream.js";
import { outbox, resume } from "./outbox.js";
import { locate } from "./place.js";
import { prepareMap } from "./map.js";
import { inspections, reload, restore } from "./state.js";
import { storeAround } from "./storage.js";

const AGAIN_MS = 120000; // between two looks for what is new; nobody needs it sooner on foot

const mayReload = () => !inspections.value.opened && outbox.value.waiting === 0 && !writing();

function look() {
  takeUpdate();
  if (document.visibilityState !== "visible") return;
  locate();
  if (!inspections.value.opened) reload();
}

followSun();
keepApp({ may: mayReload });
await restore();
await resume();
prepareMap();
look();
if (document.querySelector(".training-frame")) listen(); // its clock stops, hurries and is set back
setInterval(look, AGAIN_MS);
document.addEventListener("visibilitychange", look);
addEventListener("online", look);
inspections.follow(({ opened }, changes) => {
  if (opened && changes.opened) locate();
  if (!opened && "opened" in changes) takeUpdate();
});
inspections.follow((_, changes) => "places" in changes && storeAround());
outbox.follow(takeUpdate);
