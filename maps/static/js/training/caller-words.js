// What a caller says unfolds as if it were spoken.
import { html } from "lit";
import { t } from "../pages/texts.js";

const WORD_MS = 350; // people say two to three words a second

const wordsOf = (line) => line.words.split(" ");

/** A function that lets the caller of a store's `line` speak; `said` counts the words that were heard. */
export function speaking(store) {
  let timer = 0;
  const sayOn = () => {
    const { line, said } = store.value;
    if (line && said < wordsOf(line).length) return void store.set({ said: said + 1 });
    clearInterval(timer);
    timer = 0;
  };
  return () => (timer ||= setInterval(sayOn, WORD_MS));
}

/** What was heard of a caller until now. */
export function callerWords({ line, said }) {
  const words = wordsOf(line);
  return html`<p class="caller-words" aria-live="polite"><span class="muted small">${t("The caller says")}</span> <q dir="auto">${words.slice(0, said).join(" ")}</q>${said >= words.length ? "" : html`<span aria-hidden="true">…</span>`}</p>`;
}
