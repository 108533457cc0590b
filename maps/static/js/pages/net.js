// Questions and orders to the server; every failure becomes an Error with a text to show, and the status if there is one.
import { boot } from "./boot.js";
import { t } from "./texts.js";

/** `values` say which field is meant, where it is a field. */
const failure = (text, status, values) => Object.assign(new Error(text), { status, values });

async function answer(response) {
  if (response.status === 401) {
    location.assign(boot.sign_in ?? `/sign-in?next=${encodeURIComponent(location.pathname)}`);
    throw failure(t("Your sign-in has ended. Sign in again."), response.status);
  }
  const body = response.headers.get("content-type")?.includes("json") ? await response.json() : null;
  if (!response.ok) throw failure(body?.error?.message ?? t("error:server"), response.status, body?.error?.values);
  return body;
}

async function reached(path, options) {
  try {
    return await fetch(path, {
      ...options,
      headers: { accept: "application/json", ...options?.headers },
    });
  } catch {
    throw new Error(t("The server cannot be reached. Nothing was changed; try again."));
  }
}

const reach = async (path, options) => answer(await reached(path, options));

/** Ask for JSON. */
export const get = (path, options) => reach(path, options);

/** Send JSON that changes something, with more headers where given. */
export const post = (path, body = {}, headers = {}) =>
  reach(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": boot.csrf, ...headers },
    body: JSON.stringify(body),
  });

/** Send a form with files. */
export const send = (path, form) =>
  reach(path, { method: "POST", headers: { "x-csrf-token": boot.csrf }, body: form });

/** Send a file as it is. */
export const upload = (path, file) =>
  reach(path, {
    method: "POST",
    headers: { "content-type": file.type, "x-csrf-token": boot.csrf },
    body: file,
  });

/** Send an order whose answer comes bit by bit, one JSON object a line: `take` gets each as it comes. */
export async function postStreaming(path, take) {
  const response = await reached(path, { method: "POST", headers: { "x-csrf-token": boot.csrf } });
  if (!response.ok) return answer(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return undefined;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) take(JSON.parse(line));
  }
}

/** Write an address of this page into the window's, and into where the switch of language comes back to. */
export function keepAddress(address) {
  history.replaceState(null, "", address);
  for (const field of document.querySelectorAll('input[name="next"]')) field.value = address;
}
