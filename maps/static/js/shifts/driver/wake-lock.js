// Keeps the screen on while the page is in sight: nobody unlocks a phone with gloves. While the driver rests it may go dark.
import { screenKeeper } from "../../pages/app/screen.js";
import { isResting } from "./duty/rest.js";
import { drive } from "./state.js";

/** Hold the screen now, whenever the page comes back into sight, and once a rest is over. */
export function stayAwake() {
  const follow = screenKeeper(() => !isResting(drive.value));
  drive.follow((_, changes) => "shift" in changes && follow());
  return follow();
}
