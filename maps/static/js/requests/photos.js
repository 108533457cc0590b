// Photos that citizens sent with a request: small in a row, each opens large.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { get } from "../pages/net.js";
import { number, t } from "../pages/texts.js";

/** A row of photos. */
export const photoStrip = (photos) =>
  photos.length
    ? html`<ul class="photo-strip">${photos.map(
        ({ photo, thumbnail }, nth) =>
          html`<li><a href=${photo} target="_blank" rel="noopener"><img src=${thumbnail} alt=${t("Photo {number} of the caller, opens large", { number: number(nth + 1) })} loading="lazy" /></a></li>`,
      )}</ul>`
    : "";

/** The photos of the request `of`, asked for when it is shown. */
class RequestPhotos extends Part {
  static properties = { of: { attribute: false }, photos: { state: true } };

  willUpdate(changed) {
    if (changed.has("of")) this.ask(this.of);
  }

  async ask(id) {
    this.photos = [];
    try {
      const photos = await get(`/api/requests/${id}/photos`);
      if (this.of === id) this.photos = photos;
    } catch {
      // the request's own page says what is wrong; here a photo is no more than a help
    }
  }

  render() {
    return photoStrip(this.photos ?? []);
  }
}
customElements.define("request-photos", RequestPhotos);
