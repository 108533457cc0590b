// Starts the page of one request.
import "../../pages/theme.js";
import "../../pages/notices.js";
import { boot } from "../../pages/boot.js";
import { listen } from "../../pages/stream.js";
import "./request.js";
import { open, opened, read } from "./state.js";

const GATHER_MS = 1000; // a busy storm tells of many requests a second

document.querySelector("request-file").own = true;
open(boot.request);

let waiting = null;
listen(
  {
    requests: (told) => {
      if (!told.some(({ id }) => id === opened.value.id)) return;
      waiting ??= setTimeout(() => {
        waiting = null;
        read();
      }, GATHER_MS);
    },
  },
  { heard: () => {}, lost: () => {}, resumed: read },
);
