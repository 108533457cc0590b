// The frame of the set-up: the theme's switch, and on a phone the present part of the list in sight.
import "../pages/theme.js";

const nav = document.querySelector(".parts");
const here = nav.querySelector("[aria-current]");
if (here && nav.scrollWidth > nav.clientWidth) here.scrollIntoView({ inline: "center", block: "nearest" });
