// Texts, numbers and times in the reader's language and the city's time.
import { boot, now } from "./boot.js";

/** How the reader's language writes numbers and dates, as the server's list of languages says. */
export const speech = boot.languages.find(({ code }) => code === boot.language);
const locale = speech.intl;
const zone = boot.city.timezone;

const plainNumber = new Intl.NumberFormat(locale);
const clockTime = new Intl.DateTimeFormat(locale, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: zone,
});
const clockSeconds = new Intl.DateTimeFormat(locale, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZone: zone,
});
const dayParts = new Intl.DateTimeFormat(`en-u-ca-${speech.calendar}-nu-latn`, {
  weekday: "short",
  day: "numeric",
  month: "numeric",
  year: "numeric",
  timeZone: zone,
});
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

// What in a value could reorder the sentence around it: letters that run the other way, and Latin digits among Persian words.
const otherWay = speech.direction === "rtl" ? /[0-9A-Za-z\u00c0-\u024f]/ : /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A text that keeps its order beside any other; `t` does this to every value, so only texts that are put together otherwise need it. */
export const isolated = (text) => (otherWay.test(text) ? `\u2068${text}\u2069` : text);

/** Names as a list within a sentence. */
export const listed = (names) => names.map(isolated).join(t(", "));

/** A text for what leaves the page, such as a letter. */
export const withoutIsolates = (text) => text.replace(/[\u2068\u2069]/g, "");

const shown = (value) => (typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 1) : isolated(value));

/** The text of a msgid with its placeholders filled. */
export function t(msgid, values = {}) {
  const text = boot.texts[msgid] ?? msgid;
  const form = Array.isArray(text) ? text[values.count === 1 ? 0 : 1] : text;
  return form.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name]) : whole));
}

const ARABIC = /\p{Script=Arabic}/u;

/** Whether a text has letters of the reader's script alone. */
export const readable = (text) => ARABIC.test(text) === (document.dir === "rtl");

const DAY_NAME = /^(\d{4}-\d\d-\d\d)( \(\d+\))?$/;

/**
 * The part of a name in two languages ("برف / Snow") that is in the reader's script; all of any other name. A storm that
 * nobody has named is called by its day, which the reader's calendar says.
 */
export function nameHere(name) {
  const [, date, number = ""] = DAY_NAME.exec(name) ?? [];
  if (date) return t("Snow of {date}", { date: day(`${date}T12:00Z`) + ownDigits(number) });
  const mine = name.split(" / ").filter(readable);
  return mine.length === 1 ? mine[0] : name;
}

/** A number with grouped thousands. */
export function number(value, digits = 0) {
  if (digits === 0) return plainNumber.format(Math.round(value));
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** A number as a field of a form has it, without marks between thousands. */
export const plain = (value, digits) =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: digits, useGrouping: false }).format(value);

/** A number of so many digits behind the decimal sign, not fewer. */
export const exact = (value, digits) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** A share of one as a percentage. */
export const percent = (share) => t("{value} %", { value: Math.floor(share * 100) });

/** Clock time of a moment (ISO text or ms). */
export const time = (moment) => clockTime.format(new Date(moment));

/** Clock time of a moment with its seconds. */
export const secondTime = (moment) => clockSeconds.format(new Date(moment));

/** From one clock time to another, as the reader says it. */
export const times = (from, until) => t("{from}–{until}", { from: time(from), until: time(until) });

/** A text with its digits in the reader's. */
export const ownDigits = (text) => text.replace(/\d/g, (digit) => [...speech.digits][digit]);

/** The parts of a day in the words of the server, since few browsers know the months of every calendar in every language. */
function parts(moment) {
  const part = Object.fromEntries(dayParts.formatToParts(new Date(moment)).map(({ type, value }) => [type, value]));
  return {
    weekday: speech.weekdays[WEEKDAYS.indexOf(part.weekday)],
    day: ownDigits(part.day),
    month: speech.months[part.month - 1],
    year: ownDigits(part.year),
  };
}

/** Day of a moment, in the order in which people say it. */
export function date(moment) {
  const part = parts(moment);
  return speech.date.replace(/\{(\w+)\}/g, (_, name) => part[name]);
}

/** Day and month of a moment. */
export function day(moment) {
  const part = parts(moment);
  return `${part.day} ${part.month}`;
}

/** A span of time as people say it. */
export function duration(ms) {
  const minutes = Math.max(0, Math.round(ms / 60000));
  if (minutes < 1) return t("under a minute");
  if (minutes < 60) return t("{count} min", { count: minutes });
  if (minutes < 48 * 60) {
    const rest = minutes % 60;
    return rest
      ? t("{hours} h {minutes} min", { hours: Math.floor(minutes / 60), minutes: rest })
      : t("{count} h", { count: minutes / 60 });
  }
  return t("{count} days", { count: Math.round(minutes / 1440) });
}

/** A span of time in few letters, for a key figure. */
export function brief(ms) {
  const minutes = Math.max(0, Math.round(ms / 60000));
  if (minutes < 60 || minutes >= 48 * 60) return duration(ms);
  const rest = number(minutes % 60).padStart(2, number(0));
  return t("{clock} h", { clock: `${number(Math.floor(minutes / 60))}:${rest}` });
}

/** How long ago a moment was. */
export const age = (moment) => duration(now() - Date.parse(moment));

/** How a moment ahead (or missed) is said, with its clock time. */
export function deadline(moment) {
  const left = Date.parse(moment) - now();
  return left >= 0
    ? t("in {span} ({time})", { span: duration(left), time: time(moment) })
    : t("{span} late ({time})", { span: duration(-left), time: time(moment) });
}

/** A length in metres as people say it. */
export function length(metres) {
  return metres < 950
    ? t("{value} m", { value: Math.round(metres / 10) * 10 })
    : t("{value} km", { value: Math.round(metres / 100) / 10 });
}

const others = boot.languages.map(({ code }) => code).filter((code) => code !== boot.language);

/** Where names stand in tiles, the best for the reader first: in the language, the main one, any. */
export const nameKeys = [`name_${boot.language}`, "name", ...others.map((code) => `name_${code}`)];

/** The best of the names of a street, which are by language, for the reader. */
export const streetName = (names) => inLanguage(names ?? {}) || t("Unnamed street");

/** The best name of a street of the map's tiles. */
export function tileName(properties) {
  return nameKeys.map((key) => properties[key]).find(Boolean) ?? t("Unnamed street");
}

/** The text in the reader's language, of one by language; "" is for every language. */
export const inLanguage = (texts) =>
  texts[boot.language] || texts[""] || texts[speech.fallback] || Object.values(texts).find(Boolean) || "";

/** What one calls a thing of ours (`kind:plow`); a value that nobody named stays as it is. */
export const named = (kind, value) => (`${kind}:${value}` in boot.texts ? t(`${kind}:${value}`) : value);
