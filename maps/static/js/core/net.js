// Questions and orders to the server; every failure becomes an Error with a text to show.
import { boot } from "./boot.js";
import { t } from "./texts.js";

async function answer(response) {
  if (response.status === 401) {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    throw new Error(t("Your sign-in has ended. Sign in again."));
  }
  const body = response.headers.get("content-type")?.includes("json") ? await response.json() : null;
  // `values` say which field is meant, where it is a field.
  if (!response.ok)
    throw Object.assign(new Error(body?.error?.message ?? t("error:server")), { values: body?.error?.values });
  return body;
}

async function reach(path, options) {
  let response;
  try {
    response = await fetch(path, {
      ...options,
      headers: { accept: "application/json", ...options?.headers },
    });
  } catch {
    throw new Error(t("The server cannot be reached. Nothing was changed; try again."));
  }
  return answer(response);
}

/** Ask for JSON. */
export const get = (path, options) => reach(path, options);

/** Send JSON that changes something. */
export const post = (path, body = {}) =>
  reach(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": boot.csrf },
    body: JSON.stringify(body),
  });

/** Send a form with files. */
export const send = (path, form) =>
  reach(path, { method: "POST", headers: { "x-csrf-token": boot.csrf }, body: form });
