// What a page keeps on this phone over reloads and dead batteries: values by name, in the browser's own database.
// Each training has one of its own, and a new one after each set-back: what was not sent of another is of no use in it.
const DATABASE = "barfrub";
const STORE = "kept";
const UNSENT = "unsent-"; // so begins the name of what waits to be sent
const UNSENT_END = "unsent."; // the first name after those

let opened = null;

/** Open the database, once; whoever knows that it will be read soon does so before the scripts that read it are there. */
export function open() {
  opened ??= new Promise((done, fail) => {
    const { training } = document.documentElement.dataset;
    const asked = indexedDB.open(training ? `${DATABASE}-${training}` : DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return opened;
}

/** Run one order on the store and wait until it is on the disk: a battery may die the next second. */
async function ordered(mode, order) {
  const database = await open();
  return new Promise((done, fail) => {
    const step = database.transaction(STORE, mode, { durability: "strict" });
    const asked = order(step.objectStore(STORE));
    if (mode === "readwrite") step.commit(); // else a page that is loaded anew at once would take it back
    step.oncomplete = () => done(asked.result);
    step.onabort = () => fail(step.error);
  });
}

/** What is kept under a name; undefined where nothing is, or the browser keeps nothing. */
export const kept = (name) => ordered("readonly", (store) => store.get(name)).catch(() => undefined);

/** Keep a value under a name; whether it was. */
export const keep = (name, value) =>
  ordered("readwrite", (store) => store.put(value, name)).then(
    () => true,
    () => false,
  );

/** What waits to be sent under a name, after what an older version of the page left in `localStorage`, which is taken over. */
export async function unsent(name, former) {
  const list = (await kept(name)) ?? [];
  try {
    list.unshift(...(JSON.parse(localStorage.getItem(former)) ?? []));
    if (localStorage.getItem(former) !== null && (await keep(name, list))) localStorage.removeItem(former);
  } catch {
    // A forbidden shelf has nothing.
  }
  return list;
}

/** Drop what is kept under a name. */
export const drop = (name) => ordered("readwrite", (store) => store.delete(name)).catch(() => undefined);

/** Drop everything but what waits to be sent, at sign-out. */
export const dropAll = () =>
  ordered("readwrite", (store) => {
    store.delete(IDBKeyRange.upperBound(UNSENT, true));
    return store.delete(IDBKeyRange.lowerBound(UNSENT_END));
  }).catch(() => undefined);
