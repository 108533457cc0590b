// Who plays what, what each does now, and a way to see what he sees.
import { html } from "lit";
import { Part, icon } from "../../pages/element.js";
import { post } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { named, t, time } from "../../pages/texts.js";
import { refresh, training } from "./state.js";

/** Leave the seat of somebody who has gone to the simulation. */
async function free({ role, user_id }) {
  await attempt(() => post("/api/training/seats/leave", { role, user_id }));
  await refresh();
}

const windows = new Map();

/** Open what somebody sees in a window of its own, which goes along from page to page. */
function look(event, { user_id, page }) {
  event.preventDefault();
  windows.set(user_id, { page, opened: window.open(page, `seen-${user_id}`) });
}

training.follow(({ stands }) => {
  for (const { user_id, page } of stands?.seats ?? []) {
    const seen = windows.get(user_id);
    if (!seen?.opened || seen.opened.closed || seen.page === page) continue;
    seen.page = page;
    seen.opened.location.assign(page);
  }
});

class Seats extends Part {
  get stores() {
    return [training];
  }

  row(seat) {
    return html`<li>
      <div><strong><bdi>${seat.name}</bdi></strong> <span class="muted small">${named("role", seat.role)}${seat.machine ? html` · <bdi>${seat.machine}</bdi>` : ""} · ${t("since {time}", { time: time(seat.since) })}</span></div>
      <p class="small">${seat.doing || t("Nothing yet")}</p>
      ${seat.page_name ? html`<p class="small"><span class="muted">${t("Page that is open")}</span> <bdi>${seat.page_name}</bdi></p>` : ""}
      ${seat.typed ? html`<p class="small typed"><span class="muted">${t("On the screen")}</span> <bdi>${seat.typed}</bdi></p>` : ""}
      <div class="orders"><a class="quiet small" href=${seat.page} @click=${(event) => look(event, seat)}>${icon("external-link", "mirrored")}${t("See what {name} sees", { name: seat.name })}</a>
        <button type="button" class="quiet small" @click=${() => free(seat)}>${seat.role === "supervisor" ? t("Leave") : t("Leave it to the simulation")}</button></div>
    </li>`;
  }

  render() {
    const { stands } = training.value;
    if (!stands) return "";
    if (stands.seats.length === 0) return html`<p class="muted">${t("Nobody has taken a seat yet: the simulation plays everything.")} <a href="/training/seats">${t("Seats")}</a></p>`;
    return html`<ul class="seat-list">${stands.seats.map((seat) => this.row(seat))}</ul>
      <p class="small"><a href="/training/seats">${t("All seats")}</a></p>`;
  }
}
customElements.define("training-seats", Seats);
