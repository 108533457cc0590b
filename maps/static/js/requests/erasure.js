// One person erased at their own request: whom, how many requests that is, and done.
import "../pages/notices.js";
import { html } from "lit";
import { post } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { t } from "../pages/texts.js";
import { dangerousChoice, field, problem, SetupPart } from "../pages/form-parts.js";

const NOBODY = { phone: "", email: "", name: "" };
const erasure = new Store({ person: NOBODY, found: null, erased: null, fault: null });

async function ask(address, person) {
  try {
    return await post(address, person);
  } catch (error) {
    erasure.set({ fault: error });
    return null;
  }
}

async function look(event) {
  event.preventDefault();
  const words = new FormData(event.target);
  const person = Object.fromEntries(Object.keys(NOBODY).map((key) => [key, words.get(key)]));
  erasure.set({ person, found: null, erased: null, fault: null });
  const found = await ask("/api/people/look-up", person);
  if (found) erasure.set({ found });
}

async function erase() {
  const erased = await ask("/api/people/erase", erasure.value.person);
  if (erased) erasure.set({ person: NOBODY, found: null, erased });
}

class Erasure extends SetupPart {
  get stores() {
    return [erasure];
  }

  refresh() {}

  found() {
    const { found } = erasure.value;
    if (!found) return "";
    if (!found.requests && !found.watches) return html`<p class="muted" role="status">${t("No request is from this caller.")}</p>`;
    return html`<div class="card column" role="status">
      ${found.requests ? html`<p>${t("{count} requests have this caller. Name, numbers, words, address, comments and photos go for good; what was done where stays.", { count: found.requests })}</p>` : ""}
      ${found.watches ? html`<p>${t("{count} subscriptions to messages about a street end too.", { count: found.watches })}</p>` : ""}
      ${dangerousChoice({ act: erase, acts: t("Erase permanently"), keep: () => erasure.set({ found: null }) })}
    </div>`;
  }

  erased() {
    const { erased } = erasure.value;
    if (!erased) return "";
    return html`<p role="status">${t("The caller is erased from {count} requests. Backups that were made before still have them: delete them in time.", { count: erased.requests })}
      ${erased.watches ? t("{count} subscriptions to messages about a street are erased.", { count: erased.watches }) : ""}</p>`;
  }

  render() {
    const { person, fault } = erasure.value;
    return html`<p class="muted lead">${t("For somebody who asks for erasure. A phone number matches by its last ten digits, an e-mail address and a name as a whole.")}</p>
      <form class="card column" @submit=${look} aria-label=${t("Erase a person")}>
        ${problem(fault)}
        <div class="fields">
          ${field("phone", t("Phone number"), html`<input id="phone" name="phone" maxlength="200" autocomplete="off" inputmode="tel" dir="ltr" .value=${person.phone}>`)}
          ${field("email", t("or the e-mail address"), html`<input id="email" name="email" maxlength="200" autocomplete="off" inputmode="email" dir="ltr" .value=${person.email}>`)}
          ${field("name", t("or the whole name"), html`<input id="name" name="name" maxlength="200" autocomplete="off" dir="auto" .value=${person.name}>`)}
        </div>
        <div class="ends"><button class="primary">${t("Search requests")}</button></div>
      </form>
      ${this.found()} ${this.erased()}`;
  }
}
customElements.define("setup-erasure", Erasure);
