// The report needs scripts for two things only: the theme, and the button that prints, where there is something to print.
import "../pages/theme.js";

document.getElementById("print")?.addEventListener("click", () => print());
