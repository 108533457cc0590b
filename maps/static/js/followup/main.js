// Starts the page of the complaints office.
import "../pages/theme.js";
import "../pages/notices.js";
import "./list.js";
import "./file.js";
import { follow } from "./state.js";

follow();
