// The four key figures, each with its change, and each opening what it counts.
import { html, nothing } from "lit";
import { Part } from "../pages/element.js";
import { duration, t } from "../pages/texts.js";
import { bar, course } from "./charts.js";
import { answered, compared, nine, half, within } from "./definitions.js";
import { choice, council, districtName, over, part } from "./state.js";
import { nothingDue, ruleLine, share, shareChange, span, spanChange, withinRules } from "./words.js";

const FIGURES = [
  ["within", "within", share, shareChange, within],
  ["answered_within", "answered", share, shareChange, answered],
  ["median_s", "median", span, spanChange, half],
  ["p90_s", "nine", span, spanChange, nine],
];

const words = (view) => ({
  within: over(view) ? t("of lane-km were within target at the end") : t("of lane-km are within target"),
  answered: t("of requests were answered in time"),
  median: t("until half of the answered requests had their answer"),
  nine: t("until nine in ten answered requests had their answer"),
});

/** The rules that a figure is measured by, a line a class. */
const rules = (view) => ({
  within: withinRules(view),
  answered: view.promises.map((one) => ruleLine(one.service_class, t("within {span}", { span: duration(one.deadline_s * 1000) }))),
});

/** What keeps a figure from being taken for more than it says. */
const notes = (view, now) => ({
  within: nothingDue(now)
    ? t("nothing is due yet: no street had to be cleared so far")
    : over(view)
      ? t("{share} were cleared in time, the others not due yet or late", { share: share(now.clear) })
      : t("{share} are cleared in time, the others not due yet or late", { share: share(now.clear) }),
  answered: now.asked
    ? t("{inTime} answered in time, {late} late; {open} still have time and are not counted", { inTime: now.in_time, late: now.late, open: now.asked - now.in_time - now.late })
    : t("no request in this storm"),
  median: now.waiting ? t("{count} requests still waiting", { count: now.waiting }) : "",
  nine: now.waiting ? t("the longest wait is {span}", { span: span(now.longest_wait_s) }) : "",
});

class Figures extends Part {
  static properties = { opened: { state: true } };

  constructor() {
    super();
    this.opened = null;
  }

  get stores() {
    return [council, choice];
  }

  change(view, now, change) {
    if (!view.earlier || now == null) return "";
    if (!change) return html`<span class="change">${t("no such figure in the earlier storm")}</span>`;
    const tone = ["worse", "same", "better"][change.tone + 1];
    const storm = view.earlier.name;
    return html`<span class="change ${tone}">${
      change.tone ? t("{change} than in {storm}", { change: change.text, storm }) : t("the same as in {storm}", { storm })
    }</span>`;
  }

  /** Open what a figure counts, or close it; a lesson may ask for it. */
  turn(name) {
    this.opened = name;
    if (name) dispatchEvent(new CustomEvent("look", { detail: `counted-${name}` }));
  }

  figure(view, [field, name, say, compare, define]) {
    const { now, earlier } = part(view);
    const open = this.opened === name;
    return html`<button class="key" type="button" id="key-${name}" aria-expanded=${open} aria-controls=${open ? "definition" : nothing} @click=${() => this.turn(open ? null : name)}>
      <strong>${say(now[field])}</strong>
      <span class="word">${words(view)[name]}</span>
      <span class="note">${notes(view, now)[name]}</span>
      ${rules(view)[name] ? html`<span class="rules">${rules(view)[name]}</span>` : ""}
      ${this.change(view, now[field], compare(now[field], earlier?.[field]))}
      <span class="more">${open ? t("Close") : t("What is counted?")}<span class="icon icon-chevron-${open ? "up" : "down"}" aria-hidden="true"></span></span>
    </button>${open ? this.definition(view, name, define) : ""}`;
  }

  definition(view, name, define) {
    return html`<div id="definition" class="definition" role="region" aria-labelledby="key-${name}">
      ${define(view)} ${compared(view)}
    </div>`;
  }

  render() {
    const { view } = council.value;
    if (!view) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (!view.storm) return "";
    const { name } = part(view);
    return html`${name ? html`<h2>${districtName(name)}</h2>` : ""}
      <section class="keys" aria-label=${t("Key figures")}>
        ${FIGURES.map((figure) => this.figure(view, figure))}
      </section>
      <figure class="course">
        <figcaption>${t("Lane-km in each state since the storm began")}</figcaption>
        ${course(view.moments_s, part(view), t("Lane-km in each state since the storm began"))}
        ${bar(part(view).now)}
        ${this.key(view)}
      </figure>`;
  }

  key(view) {
    return html`<ul class="key-list">
      <li><i class="mark clear"></i>${t("cleared in time")}</li>
      <li><i class="mark waiting"></i>${t("not cleared yet, still in time")}</li>
      <li><i class="mark late"></i>${t("late")}</li>
      ${view.earlier ? html`<li><i class="mark before"></i>${t("{storm}: within target", { storm: view.earlier.name })}</li>` : ""}
    </ul>`;
  }
}
customElements.define("council-figures", Figures);
