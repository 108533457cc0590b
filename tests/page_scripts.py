"""Modules of the pages' scripts without a browser: in Node.js, which set-up needs anyway."""

import json
import shutil
import subprocess

import pytest

from maps.pages.scripts import SOURCES_DIR
from maps.pages.templates import TEMPLATES_DIR

PAGE = """
const boot = {
  language: "en", login: "driver", now: "2026-12-22T05:00:00Z", texts: {},
  city: { timezone: "UTC" },
  languages: [{ code: "en", intl: "en", calendar: "gregory", direction: "ltr" }],
};
const element = { textContent: JSON.stringify(boot), append() {} };
Object.assign(globalThis, {
  document: {
    visibilityState: "visible",
    documentElement: { dataset: {} },
    getElementById: () => element,
    createElement: () => element,
    querySelector: () => null,
    createTreeWalker: () => null,
    createComment: () => null,
  },
  matchMedia: () => ({ matches: false }),
  addEventListener() {},
  customElements: { define() {} },
  localStorage: { getItem: () => null },
});
globalThis.navigator ??= {};
"""
"""As much of a page as its modules ask for when they are read; nothing is kept on a shelf."""


SHELF = """
const asked = (result) => {
  const order = { result };
  queueMicrotask(() => order.onsuccess?.());
  return order;
};
const put = (value, name) => asked(rows.set(name, value));
const store = { get: (name) => asked(rows.get(name)), put };
globalThis.indexedDB = { open: () => asked({ transaction: () => {
  const step = { objectStore: () => store, commit() {} };
  setTimeout(() => step.oncomplete());
  return step;
} }) };
"""
"""A phone's own database, which holds `rows`, a map."""

PARTS = """
const parts = {};
globalThis.customElements = { define: (name, part) => (parts[name] = part) };
const text = (one) => {
  if (Array.isArray(one)) return one.map(text).join("");
  if (one?._$litDirective$) return text(one.values[0].map(one.values.at(-1)));
  if (one?.strings) return text(one.strings.flatMap((each, at) => [each, one.values[at]]));
  return ["string", "number", "boolean"].includes(typeof one) ? String(one) : "";
};
const drawn = (name) => text(Object.create(parts[name].prototype).render());
const waiting = [];
globalThis.fetch = (path) => new Promise((done) => {
  const headers = new Map([["content-type", "json"]]);
  waiting.push((body) => done({ ok: true, headers, json: () => body }));
});
const answered = async (...bodies) => {
  for (const body of bodies) waiting.shift()(body);
  await new Promise((done) => setTimeout(done));
};
"""
"""What parts of a page draw, as text; what they ask the server for waits until it is `answered`."""


def told_by(script: str) -> object:
    """Return what a script gives back that imports modules by `load("shifts/driver/state.js")`."""
    node = shutil.which("node")
    if node is None or not (TEMPLATES_DIR.parent / "node_modules").is_dir():
        pytest.skip("the npm packages are not set up")
    text = f"""{PAGE}
const load = (name) => import({json.dumps(SOURCES_DIR.as_uri())} + "/" + name);
const told = await (async () => {{ {script} }})();
process.stdout.write(JSON.stringify(told), () => process.exit());"""
    command = [node, "--no-warnings", "--input-type=module", "--eval", text]
    ran = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)
