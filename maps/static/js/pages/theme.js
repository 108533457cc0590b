// What every page with a signed-in reader does: light or dark by the choice in a cookie, else the system's, and forget at sign-out.
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();
const SECURE = location.protocol === "https:";
const SIGN_OUTS = ["/sign-out", "/account/sign-out-everywhere"];
const COOKIE = SECURE ? "__Host-theme" : "theme";

/** "light" or "dark", as shown now. */
export function theme() {
  return document.documentElement.dataset.theme || (system.matches ? "dark" : "light");
}

/** Call back whenever the theme changes, until the function that this returns is called. */
export function onTheme(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = () => listeners.forEach((listener) => listener(theme()));

/** A color of the theme by its name in the style sheet. */
export const color = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Paper is white: what is printed is drawn light, and then shown again as before. */
function printLight() {
  const shown = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  tell();
  const back = () => {
    if (shown) document.documentElement.dataset.theme = shown;
    else delete document.documentElement.dataset.theme;
    tell();
  };
  addEventListener("afterprint", back, { once: true });
}

/** Show a theme where the reader has chosen none. */
export function suggest(name) {
  if (theme() === name || document.cookie.includes(`${COOKIE}=`)) return;
  document.documentElement.dataset.theme = name;
  tell();
}

let repainted = () => Promise.resolve();

/** Say what `printPage` waits for where the theme is not repainted at once, as on a map. */
export const waitBeforePrint = (wait) => (repainted = wait);

/** Print the page: what buttons and Ctrl+P do, since a browser's own command does not wait for a map to become light. */
export async function printPage() {
  if (theme() === "dark") {
    printLight();
    await repainted();
  }
  print();
}

system.addEventListener("change", tell);
addEventListener("beforeprint", () => theme() === "dark" && printLight());
addEventListener("keydown", (event) => {
  const latin = /^[a-z]$/i.test(event.key); // with other letters on its keys, a browser takes the place of the P
  const p = latin ? event.key.toLowerCase() === "p" : event.code === "KeyP";
  if (!p || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || theme() === "light") return;
  event.preventDefault();
  printPage();
});
document.getElementById("theme")?.addEventListener("click", () => {
  const chosen = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  document.cookie = `${COOKIE}=${chosen}; path=/; max-age=31536000; samesite=lax${SECURE ? "; secure" : ""}`;
  tell();
});

// What a tab keeps of its reader's work ends with the session: the next one who signs in must not find it.
document.addEventListener("submit", ({ target }) => SIGN_OUTS.includes(target.getAttribute("action")) && sessionStorage.clear());
