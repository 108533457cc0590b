// People of the city: their own names beside the names that they sign in with.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { t } from "../pages/texts.js";

const known = boot.people ?? {};
const driven = boot.driven ?? {}; // machines by the sign-in name of whoever drives them by a code
const simulated = new Set(boot.simulated); // sign-in names whom nobody but a training's simulation uses

/** What acts beside people, as one says it within a sentence. */
const SYSTEMS = {
  console: () => (boot.staged ? t("the scenario") : t("somebody at the server's command line")),
  forecast: () => t("the forecast"),
};

/** What one calls somebody without a name: a part of the system, or the driver of a machine. */
function role(login) {
  if (simulated.has(login)) return t("the simulation");
  return SYSTEMS[login]?.() ?? (driven[login] ? t("the driver of {vehicle}", { vehicle: driven[login] }) : login);
}

/** A person by login, with the name where it is known. */
export const person = (login, names = known) =>
  names[login] ? html`<bdi>${names[login]}</bdi> <bdi class="login-name">${login}</bdi>` : html`<bdi>${role(login)}</bdi>`;

/** The same as a plain text, for a choice or within a sentence. */
export const personText = (login, names = known) => (names[login] ? `${names[login]} (${login})` : role(login));
