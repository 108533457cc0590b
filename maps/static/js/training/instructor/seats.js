// Who plays what, what each does now, and a way to see what he sees.
import { html } from "lit";
import { Part, icon } from "../../pages/element.js";
import { named, t, time } from "../../pages/texts.js";
import { training } from "./state.js";

class Seats extends Part {
  get stores() {
    return [training];
  }

  row(seat) {
    return html`<li>
      <div><strong><bdi>${seat.name}</bdi></strong> <span class="muted small">${named("role", seat.role)}${seat.machine ? html` · <bdi>${seat.machine}</bdi>` : ""} · ${t("since {time}", { time: time(seat.since) })}</span></div>
      <p class="small">${seat.doing || t("Nothing yet")}</p>
      <a class="quiet small" href=${seat.page} target="_blank" rel="noopener">${icon("external-link", "mirrored")}${t("See what {name} sees", { name: seat.name })}</a>
    </li>`;
  }

  render() {
    const { stands } = training.value;
    if (!stands) return "";
    if (stands.seats.length === 0) return html`<p class="muted">${t("Nobody has taken a seat yet: the machine plays everything.")} <a href="/training/seats">${t("Seats")}</a></p>`;
    return html`<ul class="seat-list">${stands.seats.map((seat) => this.row(seat))}</ul>
      <p class="small"><a href="/training/seats">${t("All seats")}</a></p>`;
  }
}
customElements.define("training-seats", Seats);
