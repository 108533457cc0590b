// A sheet above the map: what moves is drawn there, and twenty thousand streets below it are not drawn again.

export class Sheet {
  /** `name` is the sheet's class; later sheets lie above earlier ones. */
  constructor(map, name) {
    this.map = map;
    this.sheet = document.createElement("canvas");
    this.sheet.className = `above-map ${name}`;
    this.sheet.setAttribute("aria-hidden", "true");
    map.getCanvasContainer().append(this.sheet);
    for (const event of ["move", "resize"]) map.on(event, () => this.draw(performance.now()));
  }

  /** Clear the sheet, as large as the map's own canvas, and return a pen in CSS pixels. */
  pen() {
    const under = this.map.getCanvas();
    const { sheet } = this;
    if (sheet.width !== under.width || sheet.height !== under.height) {
      sheet.width = under.width;
      sheet.height = under.height;
      sheet.style.width = `${under.clientWidth}px`;
      sheet.style.height = `${under.clientHeight}px`;
    }
    const pen = sheet.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, sheet.width, sheet.height);
    const ratio = under.width / under.clientWidth;
    pen.scale(ratio, ratio);
    return pen;
  }
}
