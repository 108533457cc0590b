// Messages: a new one lies over everything until it is read; answers go with one tap, or in own words.
import { html, nothing } from "lit";
import { icon, Part } from "../../pages/element.js";
import { inLanguage, t, time } from "../../pages/texts.js";
import { caller, openMessages } from "./caller.js";
import { answer, seeAll, thread, unseen } from "./state.js";

class Message extends Part {
  get stores() {
    return [thread, caller];
  }

  render() {
    const waiting = unseen();
    if (waiting.length === 0 || caller.value.reads) return nothing;
    const newest = waiting.at(-1);
    return html`<section class="letter" role="alert">
      <p class="muted">${icon("message-square")}${waiting.length > 1 ? t("messages:{count}", { count: waiting.length }) : t("From dispatch")} · ${time(newest.sent_at)}</p>
      <p class="words" dir="auto">${inLanguage(newest.text)}</p>
      <div class="pair">
        <button class="primary" @click=${seeAll}>${icon("check")}${t("Read it")}</button>
        <button @click=${openMessages}>${icon("reply", "mirrored")}${t("Answer")}</button>
      </div>
    </section>`;
  }
}
customElements.define("drive-message", Message);

function became(one) {
  if (!one.from_driver) return "";
  return one.seen_at ? t("read {time}", { time: time(one.seen_at) }) : t("sent");
}

class Messages extends Part {
  get stores() {
    return [thread, caller];
  }

  updated() {
    if (!caller.value.reads || document.visibilityState !== "visible") return;
    seeAll();
    const { messages, unsent } = thread.value;
    if (this.shown === messages.length + unsent.length) return;
    this.shown = messages.length + unsent.length;
    this.querySelector("li:last-child")?.scrollIntoView({ block: "nearest" });
  }

  write(event) {
    event.preventDefault();
    const { text } = Object.fromEntries(new FormData(event.target));
    if (!text.trim()) return;
    answer(text);
    event.target.reset();
  }

  render() {
    const { messages, canned, unsent } = thread.value;
    return html`<ol class="thread" aria-label=${t("Messages")}>
        ${messages.map(
          (one) => html`<li class=${one.from_driver ? "mine" : ""}>
            <p dir="auto">${inLanguage(one.text)}</p>
            <p class="small muted">${one.from_driver ? "" : html`<bdi>${one.sent_by}</bdi> · `}${time(one.sent_at)} ${became(one)}</p>
          </li>`,
        )}
        ${unsent.map(({ body }) => html`<li class="mine"><p dir="auto">${body.text}</p><p class="small muted">${t("waits for the network")}</p></li>`)}
      </ol>
      ${messages.length + unsent.length === 0 ? html`<p class="plain muted">${t("Messages from dispatch appear here.")}</p>` : nothing}
      <div class="canned" role="group" aria-label=${t("Answers")}>
        ${canned.map((text) => html`<button dir="auto" @click=${() => answer(inLanguage(text))}>${inLanguage(text)}</button>`)}
      </div>
      <form class="own" @submit=${this.write}>
        <label><span class="unseen">${t("Free text")}</span><input name="text" maxlength="200" dir="auto" autocomplete="off" placeholder=${t("Free text")}></label>
        <button>${icon("send", "mirrored")}${t("Send")}</button>
      </form>`;
  }
}
customElements.define("drive-messages", Messages);
