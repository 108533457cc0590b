// The button that prints the sheet.
import "../pages/theme.js";

document.getElementById("print").addEventListener("click", () => print());
