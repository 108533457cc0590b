// Starts the page of the complaints office.
import "../pages/theme.js";
import "../pages/notices.js";
import "./list.js";
import "./request.js";
import { follow } from "./state.js";

follow();
