// People of the city: their own names beside the names that they sign in with.
import { html } from "lit";

/** A person by login, with the name where it is known. */
export const person = (login, names) =>
  names[login] ? html`<bdi>${names[login]}</bdi> <bdi class="login-name">${login}</bdi>` : html`<bdi>${login}</bdi>`;

/** The same as a plain text, for a choice. */
export const personText = ({ login, name }) => (name ? `${name} (${login})` : login);
