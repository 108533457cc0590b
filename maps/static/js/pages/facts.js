// Pairs of a word and what is known, as one list.
import { html } from "lit";

/** A list of [word, value] pairs; pairs without a value are left out. */
export const facts = (pairs) => html`<dl class="facts">
  ${pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([word, value]) => html`<div><dt>${word}</dt><dd>${value}</dd></div>`)}
</dl>`;
