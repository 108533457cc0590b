// The way to the page of one request.
import { html } from "lit";
import { latinDigits } from "../pages/number-fields.js";
import { number, t } from "../pages/texts.js";

const NUMBER = /^(?:[A-Za-z]\s?-?)?0*([1-9]\d{0,14})$/;

/** Open the page of a request. */
export const openPage = (id) => location.assign(`/requests/${id}`);

/** The number of a request as a link to its page. */
export const numberLink = ({ id, reference }) => html`<a class="code" href="/requests/${id}"><bdi>${reference}</bdi></a>`;

/** The way to the request whose number somebody sought; closed ones too, whatever is filtered. */
export function byNumber(words) {
  const found = NUMBER.exec(latinDigits(words.trim()));
  return found
    ? html`<a class="by-number" href="/requests/${found[1]}"><span class="icon icon-inbox" aria-hidden="true"></span>${t("Open request {number}, closed ones too", { number: number(found[1]) })}</a>`
    : "";
}
