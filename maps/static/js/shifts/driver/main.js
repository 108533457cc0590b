// Starts the driver's page.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./actions.js";
import "./route-answer.js";
import "./frame.js";
import "../../messages/phone/messages.js";
import "./list.js";
import "./now.js";
import "./problem.js";
import "./guide/change.js";
import "./guide/lead.js";
import { listen } from "../../pages/stream.js";
import { stayAwake } from "./wake-lock.js";
import { prepareMap } from "./map.js";
import { resume } from "./outbox.js";
import { followPosition } from "./place/position.js";
import { shelvePositions } from "./place/unsent.js";
import { startWayBack } from "./guide/back.js";
import { followProof } from "./place/proof.js";
import { startSpeaking } from "./guide/speaker.js";
import { keepVoice } from "./guide/voice.js";
import { keepPlace, startGuide } from "./guide/state.js";
import { startSos } from "../../messages/phone/sos.js";
import { followSun } from "../../pages/app/daylight.js";
import { keepApp } from "../../pages/app/installed.js";
import { storeAround } from "./storage.js";
import { mayUpdate, takeUpdatesBetweenStages } from "./updates.js";
import { callFrom, caller } from "../../messages/phone/caller.js";
import { drive, isOver, quietly, reload, restore } from "./state.js";
import { reloadMessages, startMessages } from "../../messages/phone/state.js";

const AGAIN_MS = 5000;

/** Say to messages and SOS whose phone this is. */
function tellCaller({ shift, view }, changes) {
  if (!("shift" in changes || "view" in changes)) return;
  const base = shift && !isOver(shift) ? `/api/shifts/${shift.shift_id}` : "";
  caller.set({ base, id: String(shift?.shift_id ?? ""), reads: view === "messages" });
}

/** Read the route, as often as it takes; what an earlier visit kept is shown until the server answers. */
async function begin() {
  if (await restore()) quietly();
  else {
    try {
      await reload();
    } catch {
      setTimeout(begin, AGAIN_MS);
      return;
    }
  }
  await resume();
  takeUpdatesBetweenStages();
  startSos();
  startMessages();
}

callFrom({ place: () => drive.value.place, open: () => drive.set({ view: "messages", looked: null }) });
drive.follow(tellCaller);
await startGuide();
startSpeaking();
startWayBack();
followSun();
prepareMap();
storeAround();
keepVoice();
keepApp({ may: mayUpdate, leave: () => Promise.all([shelvePositions(), keepPlace()]) });
await begin();
listen(
  {
    storm: quietly,
    city: quietly,
    mail: (rows) => {
      if (!rows.some(([shift]) => shift === drive.value.shift.shift_id)) return;
      reloadMessages();
      quietly(); // an order may have come with it: back to the yard
    },
  },
  {
    heard: () => {
      if (!drive.value.connected) drive.set({ connected: true });
    },
    lost: () => drive.set({ connected: false }),
    resumed: () => {
      quietly();
      reloadMessages();
    },
  },
);
followPosition();
followProof();
await stayAwake();
