// Takes and leaves the seats of a rehearsal.
import { sendForms } from "../pages/forms.js";
import { listen } from "../pages/stream.js";
import "../pages/theme.js";

sendForms({
  wanted: ({ dataset: { role, vehicle } }) => ({ role, ...(vehicle ? { vehicle_id: Number(vehicle) } : {}) }),
});
listen();
