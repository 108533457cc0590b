// A sheet above the map: what moves is drawn there, and twenty thousand streets below it are not drawn again.

export class Sheet {
  /** `name` is the sheet's class; later sheets lie above earlier ones. Through an `opaque` one nothing shines. */
  constructor(map, name, { opaque = false } = {}) {
    this.map = map;
    this.sheet = document.createElement("canvas");
    this.sheet.className = `above-map ${name}`;
    this.sheet.setAttribute("aria-hidden", "true");
    this.brush = this.sheet.getContext("2d", { alpha: !opaque });
    this.ratio = 1;
    map.getCanvasContainer().append(this.sheet);
    for (const event of ["move", "resize"]) map.on(event, () => this.draw(performance.now()));
  }

  /** Clear the sheet, as large as the map's own canvas, and return a pen in CSS pixels; `ratio` are the sheet's in one. */
  pen() {
    const under = this.map.getCanvas();
    const { sheet, brush: pen } = this;
    if (sheet.width !== under.width || sheet.height !== under.height) {
      sheet.width = under.width;
      sheet.height = under.height;
      const { clientWidth, clientHeight } = under; // asked for seldom: the page is laid out for the answer
      sheet.style.width = `${clientWidth}px`;
      sheet.style.height = `${clientHeight}px`;
      this.ratio = under.width / clientWidth;
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, sheet.width, sheet.height);
    pen.scale(this.ratio, this.ratio);
    return pen;
  }
}
