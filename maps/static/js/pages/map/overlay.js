// A canvas above the map: what moves is drawn there, and twenty thousand streets below it are not drawn again.

export class Overlay {
  /** `name` is the canvas's class; later ones lie above earlier ones. Through an `opaque` one nothing shines. */
  constructor(map, name, { opaque = false } = {}) {
    this.map = map;
    this.canvas = document.createElement("canvas");
    this.canvas.className = `above-map ${name}`;
    this.canvas.setAttribute("aria-hidden", "true");
    this.brush = this.canvas.getContext("2d", { alpha: !opaque });
    this.ratio = 1;
    map.getCanvasContainer().append(this.canvas);
    for (const event of ["move", "resize"]) map.on(event, () => this.draw(performance.now()));
  }

  /** Clear the canvas, as large as the map's own canvas, and return a pen in CSS pixels; `ratio` are its own in one. */
  pen() {
    const under = this.map.getCanvas();
    const { canvas, brush: pen } = this;
    if (canvas.width !== under.width || canvas.height !== under.height) {
      canvas.width = under.width;
      canvas.height = under.height;
      const { clientWidth, clientHeight } = under; // asked for seldom: the page is laid out for the answer
      canvas.style.width = `${clientWidth}px`;
      canvas.style.height = `${clientHeight}px`;
      this.ratio = under.width / clientWidth;
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.scale(this.ratio, this.ratio);
    return pen;
  }
}
