// The button that prints the sheet.
import "../core/theme.js";

document.getElementById("print").addEventListener("click", () => print());
