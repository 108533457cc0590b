// What is known of the weather, asked from the server and changed by hand or file.
import { boot } from "../pages/boot.js";
import { get, post, send } from "../pages/net.js";
import { notify } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { t } from "../pages/texts.js";

/**
 * `seen` is the newest forecast with road weather, `checks` the forecasts of the storm that is shown; `broken` says why
 * they are not newer, `fault` why what was brought in was refused. The form by hand has `rows` from the hour `firstAt` on.
 */
export const weather = new Store({ seen: null, checks: [], rows: 6, firstAt: null, fault: null, broken: "" });

/** Ask anew; what was seen stays where no answer comes. */
export async function refreshWeather() {
  try {
    const [seen, checks] = await Promise.all([
      get("/api/weather"),
      boot.storm ? get(`/api/storms/${boot.storm}/forecasts`) : [],
    ]);
    weather.set({ seen, checks, broken: "" });
  } catch (error) {
    weather.set({ broken: error.message });
  }
}

/** Bring something in, and show what came of it; returns whether it was taken. */
async function bring(doing) {
  try {
    await doing();
    weather.set({ fault: null });
    await refreshWeather();
    return true;
  } catch (fault) {
    weather.set({ fault });
    return false;
  }
}

export const enter = (hours) => bring(() => post("/api/weather/forecast", { hours }));

const forecastNow = () => JSON.stringify(weather.value.seen?.forecast ?? null);

/** Bring a file in; one that changes nothing on the page is told, since a newer forecast goes on being shown. */
export async function takeFile(form) {
  const before = forecastNow();
  const taken = await bring(() => send("/api/weather/file", form));
  if (taken && form.get("file").name.endsWith(".json") && forecastNow() === before) {
    notify(t("Taken. The forecast that is shown is as new or newer."));
  }
}
