// Sends a file and tells how much of it has gone; fetch cannot tell.
import { boot } from "../../pages/boot.js";
import { t } from "../../pages/texts.js";

const lost = () => new Error(t("The server cannot be reached. Nothing was changed; try again."));

function answerOf(sender) {
  try {
    return JSON.parse(sender.responseText);
  } catch {
    return null;
  }
}

/** Send a file for a purpose; `heard` gets the share that has gone. Resolves to its name on the server. */
export function sendFile(address, file, purpose, heard) {
  const sender = new XMLHttpRequest();
  const words = new URLSearchParams({ name: file.name, purpose });
  sender.open("POST", `${address}?${words}`);
  sender.setRequestHeader("accept", "application/json");
  sender.setRequestHeader("content-type", "application/octet-stream");
  sender.setRequestHeader("x-csrf-token", boot.csrf);
  sender.upload.addEventListener("progress", (event) => heard(event.loaded / event.total));
  return new Promise((done, failed) => {
    sender.addEventListener("error", () => failed(lost()));
    sender.addEventListener("abort", () => failed(lost()));
    sender.addEventListener("load", () => {
      const answer = answerOf(sender);
      if (sender.status < 300 && answer) done(answer);
      else failed(new Error(answer?.error?.message ?? t("error:server")));
    });
    sender.send(file);
  });
}
