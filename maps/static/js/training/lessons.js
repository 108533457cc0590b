// Ticks the steps of the lessons as they are done on other pages.
import { get } from "../pages/net.js";
import { listen } from "../pages/stream.js";
import { t } from "../pages/texts.js";
import "../pages/theme.js";

const EVERY_MS = 5000;

/** Show what is done, and what is not any more after the training was set back. */
function show(lessons) {
  for (const { role, progress, steps } of lessons) {
    const lesson = document.querySelector(`.lesson[data-role="${role}"]`);
    const told = lesson?.querySelector(".progress");
    if (!told) continue;
    if (told.textContent !== progress) told.textContent = progress;
    for (const { key, done } of steps) {
      const step = lesson.querySelector(`li[data-key="${key}"]`);
      step.classList.toggle("done", Boolean(done));
      step.querySelector(".when").textContent = done ? t("done at {time}", { time: done }) : "";
    }
  }
}

async function look() {
  if (document.visibilityState !== "visible") return;
  try {
    show(await get("/api/training/lessons"));
  } catch {
    // It is asked again in some seconds: a training that is set back does not answer for a while.
  }
}

if (document.querySelector(".lesson .progress")) {
  listen();
  addEventListener("visibilitychange", look);
  setInterval(look, EVERY_MS);
}
