// A field for a photo whose button speaks the language of the page; a browser's own speaks that of the browser.
import { t } from "../texts.js";

class PhotoField extends HTMLElement {
  connectedCallback() {
    if (this.chosen) return;
    const input = this.querySelector("input");
    const button = document.createElement("label");
    button.className = "pick-photo";
    button.htmlFor = input.id;
    button.textContent = t("Choose a photo");
    this.chosen = document.createElement("span");
    this.chosen.dir = "auto";
    input.classList.add("unseen");
    this.append(button, this.chosen);
    const tell = () => {
      const [file] = input.files;
      this.chosen.textContent = file?.name ?? t("No photo chosen");
      if (input.required) input.setCustomValidity(file ? "" : t("Choose a photo"));
    };
    input.addEventListener("change", tell);
    input.form?.addEventListener("reset", () => setTimeout(tell));
    tell();
  }
}
customElements.define("photo-field", PhotoField);
