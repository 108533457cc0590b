// Levels of service: each class over the storm, and in each district beside the same class elsewhere.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { named, number, t } from "../../pages/texts.js";
import { lines, mark } from "../charts.js";
import { choice, council, districtName, inDistrict, part } from "../state.js";
import { few, inKilometres, nothingDue, points, ruleLine, ruleOf, share } from "../words.js";

/** The classes that have streets with a cycle, in their order: each has its own kind of line. */
const classesOf = (view) => view.classes.filter((one) => one.now.lane_m > 0).map((one) => one.name);

const ofDistrict = (view, district) => view.district_classes.filter((one) => one.district === district);

/** Lines of the chosen district, or of the city. */
function coursesHere(view) {
  const { district } = choice.value;
  return district === null
    ? view.classes.filter((one) => one.now.lane_m > 0).map((one) => [one.name, one.within])
    : ofDistrict(view, district).map((one) => [one.service_class, one.course]);
}

const chart = (view, courses, label) =>
  lines(view.moments_s, courses.map(([name, shares]) => ({ place: classesOf(view).indexOf(name), name: named("class", name), shares })), label);

function beside(one) {
  if (nothingDue(one)) return html`<span class="muted">${t("nothing due yet")}</span>`;
  if (one.elsewhere === null) return html`<strong>${share(one.within)}</strong> <span class="muted">${t("only here")}</span>`;
  const change = points(one.within, one.elsewhere);
  const tone = one.small || one.elsewhere_small || change === 0 ? "muted" : change > 0 ? "better" : "worse";
  return html`<strong>${share(one.within)}</strong> <span class=${tone}>${t("elsewhere {share}", { share: share(one.elsewhere) })}</span>`;
}

const cell = (one) =>
  one
    ? html`<td class="beside ${one.small ? "muted" : ""}">${beside(one)}
        <span class="small muted">${t("{value} lane-km", { value: inKilometres(one.lane_m) })}</span> ${one.small || one.elsewhere_small ? few() : ""}</td>`
    : html`<td class="muted">${t("no such streets")}</td>`;

class Classes extends Part {
  get stores() {
    return [council, choice];
  }

  table(view) {
    const names = classesOf(view);
    const districts = view.districts.filter((one) => one.now.lane_m > 0 && inDistrict({ district: one.name }));
    return html`<h3 id="elsewhere-title">${t("Each district beside the same class in all other districts")}</h3>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="elsewhere-title"><table>
        <thead><tr><th scope="col">${t("District")}</th>${names.map((name) => html`<th scope="col">${named("class", name)}</th>`)}</tr></thead>
        <tbody>${districts.map(({ name }) => {
          const found = ofDistrict(view, name);
          return html`<tr><th scope="row"><bdi>${districtName(name)}</bdi></th>${names.map((each) => cell(found.find((one) => one.service_class === each)))}</tr>`;
        })}</tbody>
      </table></div>`;
  }

  render() {
    const { view } = council.value;
    if (!view?.storm || !classesOf(view).length) return "";
    const title = t("Share of lane-km within target, class by class, since the storm began");
    const districts = view.districts.filter((one) => one.now.lane_m > 0);
    return html`<section class="numbers classes" aria-labelledby="classes-title">
      <h2 id="classes-title">${t("Levels of service by class")}</h2>
      <figure class="course">
        <figcaption>${title}${part(view).name ? html`: <bdi>${districtName(part(view).name)}</bdi>` : ""}</figcaption>
        ${chart(view, coursesHere(view), title)}
        <ul class="key-list">${classesOf(view).map((name, place) => html`<li>${mark(place)}${ruleLine(name, ruleOf(view, name))}</li>`)}</ul>
      </figure>
      ${districts.length > 1 ? html`${this.multiples(view, districts)}${this.table(view)}` : ""}
    </section>`;
  }

  /** The same picture for each district, unless one is chosen. */
  multiples(view, districts) {
    if (choice.value.district !== null) return "";
    return html`<ul class="districts">${districts.map(({ name }) => {
      const courses = ofDistrict(view, name).map((one) => [one.service_class, one.course]);
      return html`<li><h3 class="name"><bdi>${districtName(name)}</bdi></h3>${chart(view, courses, t("{name}: share within target, class by class", { name: districtName(name) }))}</li>`;
    })}</ul>`;
  }
}
customElements.define("council-classes", Classes);
