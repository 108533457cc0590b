// Starts the page of the complaints office.
import "../core/theme.js";
import "../core/notices.js";
import "./list.js";
import "./file.js";
import { follow } from "./state.js";

follow();
