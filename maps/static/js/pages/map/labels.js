// Names on the map, in the page's language where the street file has them.
import { nameKeys } from "../texts.js";

/** The expression for the name of a street, water or place. */
export const nameField = () => {
  return [
    "case",
    ...nameKeys.flatMap((key) => [
      ["!=", ["coalesce", ["get", key], ""], ""],
      ["get", key],
    ]),
    "",
  ];
};
