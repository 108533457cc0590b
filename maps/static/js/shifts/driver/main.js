// Starts the driver's page.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./actions.js";
import "./route-answer.js";
import "./frame.js";
import "../../messages/driver/messages.js";
import "./list.js";
import "./now.js";
import "./problem.js";
import { setClock } from "../../pages/boot.js";
import { listen } from "../../pages/stream.js";
import { stayAwake } from "./wake-lock.js";
import { prepareMap } from "./map.js";
import { flush, resume } from "./outbox.js";
import { followPosition } from "./position.js";
import { startSos } from "../../messages/driver/sos.js";
import { drive, quietly, reload } from "./state.js";
import { reloadMessages, startMessages } from "../../messages/driver/state.js";

const AGAIN_MS = 5000;

/** Read the route, as often as it takes. */
async function begin() {
  try {
    await reload();
  } catch {
    setTimeout(begin, AGAIN_MS);
    return;
  }
  resume();
  startSos();
  startMessages();
}

const back = () => {
  drive.set({ connected: true });
  flush();
};

prepareMap();
await begin();
listen(
  {
    storm: quietly,
    city: quietly,
    mail: (rows) => {
      if (rows.some(([shift]) => shift === drive.value.shift.shift_id)) reloadMessages();
    },
    beat: ({ now }) => setClock(now),
  },
  {
    heard: () => {
      if (!drive.value.connected) back();
    },
    lost: () => drive.set({ connected: false }),
    resumed: () => {
      quietly();
      reloadMessages();
    },
  },
);
followPosition();
await stayAwake();
