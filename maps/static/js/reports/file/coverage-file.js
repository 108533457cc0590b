// Inside the map that is taken home as one file: paints the streets of a moment, and hides districts.
document.addEventListener("DOMContentLoaded", () => {
  const told = JSON.parse(document.getElementById("moments").textContent);
  const { looks, words, moments } = told;
  const map = window[told.map];
  const last = moments.length - 1;
  const hidden = new Set();
  const streets = [];
  let shown = last;
  let coloring = "states";

  const code = (street, kind) => Number.parseInt(moments[shown][kind][street.number], 36);

  const said = (row) => row.map((place) => told.phrases[place]);

  function tip({ feature }) {
    const { n } = feature.properties;
    const [name, serviceClass] = said(told.names[n]);
    const street = { number: n };
    const then = `${words.earlier[code(street, "states")]} · ${words.ages[code(street, "ages")]}`;
    const facts = shown === last ? told.facts[n].map((row) => said(row).join(" · ")) : [then];
    return [`<b>${name}</b>`, serviceClass, ...facts].join("<br>");
  }

  for (const group of Object.values(map._layers).filter((layer) => layer instanceof L.GeoJSON)) {
    group.bindTooltip(tip, { sticky: true, className: "foliumtooltip" });
    group.eachLayer((line) => {
      const { n, d } = line.feature.properties;
      streets.push({ line, group, number: n, district: d, width: line.options.weight, look: "" });
    });
  }

  /** Streets that tell more lie above others, and those that were cleared long ago above the rest. */
  function paint() {
    const order = coloring === "states" ? told.order : looks.ages.map((_, number) => number);
    const by = order.map(() => []);
    for (const street of streets) by[order.indexOf(code(street, coloring))].push(street);
    for (const street of by.flat()) {
      const number = code(street, coloring);
      const [color, width, dashArray] = looks[coloring][number];
      if (street.look !== coloring + number) street.line.setStyle({ color, weight: street.width * width, dashArray });
      street.look = coloring + number;
      street.line.bringToFront();
    }
  }

  const slider = document.getElementById("moment");
  const when = document.getElementById("when");
  const working = document.querySelector('[data-keys="states"] .state-progress + span');

  function show(moment) {
    shown = moment;
    when.textContent = moments[shown].label;
    slider?.setAttribute("aria-valuetext", when.textContent);
    working.textContent = words[shown === last ? "states" : "earlier"][4];
    paint();
  }
  slider?.addEventListener("input", () => show(Number(slider.value)));

  for (const radio of document.querySelectorAll("[name=color]"))
    radio.addEventListener("change", () => {
      coloring = radio.value;
      for (const keys of document.querySelectorAll("[data-keys]")) keys.hidden = keys.dataset.keys !== coloring;
      paint();
    });

  function choose(district, on) {
    if (on) hidden.delete(district);
    else hidden.add(district);
    for (const { line, group } of streets.filter((street) => street.district === district))
      if (on) group.addLayer(line);
      else group.removeLayer(line);
  }

  const box = document.querySelector(".leaflet-control-layers-list");
  const [heading, districts] = document.getElementById("layers").content.children;
  box.prepend(heading);
  if (districts) {
    box.append(districts);
    districts.open = window.innerWidth > 600;
    const [every, ...each] = districts.querySelectorAll("input");
    districts.addEventListener("change", ({ target }) => {
      for (const one of target === every ? each : [target]) {
        one.checked = target.checked;
        if (hidden.has(Number(one.value)) === target.checked) choose(Number(one.value), target.checked);
      }
      every.checked = hidden.size === 0;
      every.indeterminate = hidden.size > 0 && hidden.size < each.length;
      paint();
    });
  }
  show(last);
});
