// What the page of the streets knows.
import { Store } from "../../pages/store.js";

export const streets = new Store({ unreached: null, broken: "", files: {}, reimport: null });
