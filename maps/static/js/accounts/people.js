// People of the city: their own names beside the names that they sign in with.
import { html } from "lit";
import { boot } from "../pages/boot.js";

const known = boot.people ?? {};

/** A person by login, with the name where it is known. */
export const person = (login, names = known) =>
  names[login] ? html`<bdi>${names[login]}</bdi> <bdi class="login-name">${login}</bdi>` : html`<bdi>${login}</bdi>`;

/** The same as a plain text, for a choice or within a sentence. */
export const personText = (login, names = known) => (names[login] ? `${names[login]} (${login})` : login);
