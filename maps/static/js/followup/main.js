// Starts the page of the complaints office.
import "../pages/theme.js";
import "../pages/notices.js";
import { t } from "../pages/texts.js";
import "./list.js";
import "./request/request.js";
import { open } from "./request/state.js";
import { follow } from "./state.js";

const file = document.querySelector("request-file");
file.empty = t("Choose a request in the list to see its times and what was done.");
file.back = () => open(null);

follow();
