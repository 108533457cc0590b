// Names on the map, in the page's language where the street file has them.
import { boot } from "../boot.js";

/** The expression for the name of a street, water or place. */
export const nameField = () => {
  const order = boot.language === "fa" ? ["name_fa", "name", "name_en"] : ["name_en", "name", "name_fa"];
  return [
    "case",
    ...order.flatMap((key) => [
      ["!=", ["coalesce", ["get", key], ""], ""],
      ["get", key],
    ]),
    "",
  ];
};
