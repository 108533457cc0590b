// A person's own account: the switch of the theme.
import "../pages/theme.js";
