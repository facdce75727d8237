/** Where panes stand: alone, side by side, or over each other with a divider; mouse, wheel and touch on them. */

/** @typedef {import("./viewer.js").Viewer} Viewer */
/** @typedef {import("./pane.js").Pane} Pane */

const MOST_PIXELS = 1920 * 1080; // a larger window is drawn coarser and scaled: software compositing of 4K is slow
const CLICK_PX = 4;

export class Stage {
  /**
   * @param {HTMLElement} element
   * @param {Viewer} viewer
   */
  constructor(element, viewer) {
    this.element = element;
    this.viewer = viewer;
    this.share = 0.5;
    this.divider = document.createElement("input");
    Object.assign(this.divider, { type: "range", min: "0", max: "100", value: "50", className: "divider", hidden: true });
    this.divider.setAttribute("aria-label", "Divider between the two recordings");
    this.divider.addEventListener("input", () => {
      this.share = Number(this.divider.value) / 100;
      this.cut();
    });
    element.append(this.divider);
    this.line = document.createElement("div");
    this.line.className = "divider-line";
    this.line.hidden = true;
    element.append(this.line);
    /** @type {Map<number, [number, number]>} pointers that are down */
    this.pointers = new Map();
    this.moved = 0;
    new ResizeObserver(() => this.layOut()).observe(element);
    element.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    element.addEventListener("pointerdown", (event) => this.onDown(event));
    element.addEventListener("pointermove", (event) => this.onMove(event));
    element.addEventListener("pointerup", (event) => this.onUp(event));
    element.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId));
    element.addEventListener("dblclick", (event) => this.onDoubleClick(event));
  }

  /** Give every pane its place and size. */
  layOut() {
    const { panes, mode, camera, loop } = this.viewer;
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    if (!panes.length || !width || !height) return;
    const drawn = this.drawnPanes();
    const columns = mode === "side" ? drawn.length : 1;
    const w = Math.floor(width / columns);
    const ratio = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (w * height)));
    for (const pane of panes) {
      const place = drawn.indexOf(pane);
      pane.element.hidden = place < 0;
      pane.element.style.left = `${mode === "side" ? place * w : 0}px`;
      pane.element.style.width = `${w}px`;
      pane.element.style.clipPath = "";
      if (place >= 0) pane.resize(w, height, ratio);
    }
    camera.resize(w, height);
    this.divider.hidden = this.line.hidden = mode !== "swipe";
    this.cut();
    loop.invalidate();
  }

  /** Panes that are on screen in this mode, from below to the top. @returns {Pane[]} */
  drawnPanes() {
    const { panes, mode } = this.viewer;
    if (mode === "single") return panes.slice(0, 1);
    return mode === "side" ? panes : panes.slice(0, 2);
  }

  /** Cut the upper pane at the divider. */
  cut() {
    if (this.viewer.mode !== "swipe") return;
    const x = Math.round(this.share * this.element.clientWidth);
    this.viewer.panes[1].element.style.clipPath = `inset(0 0 0 ${x}px)`;
    this.line.style.left = `${x}px`;
  }

  /**
   * The pane under a point of the stage and the point in it.
   * @param {number} x CSS pixels
   * @param {number} y
   * @returns {{pane: Pane, px: number, py: number}|null}
   */
  paneAt(x, y) {
    const { panes, mode } = this.viewer;
    const drawn = this.drawnPanes();
    if (!drawn.length) return null;
    if (mode === "side") {
      const w = Math.floor(this.element.clientWidth / drawn.length);
      const place = Math.min(drawn.length - 1, Math.floor(x / w));
      return { pane: drawn[place], px: x - place * w, py: y };
    }
    const upper = mode === "swipe" && x >= this.share * this.element.clientWidth;
    return { pane: upper ? panes[1] : panes[0], px: x, py: y };
  }

  /** @param {MouseEvent} event @returns {[number, number]} */
  placeOf(event) {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    event.preventDefault();
    const at = this.paneAt(...this.placeOf(event));
    if (!at) return;
    this.viewer.camera.zoom(1.0015 ** -event.deltaY, at.px, at.py);
    this.viewer.cameraMoved();
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0 || event.target === this.divider) return;
    this.pointers.set(event.pointerId, this.placeOf(event));
    if (this.pointers.size === 1) this.moved = 0;
    this.element.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const [x, y] = this.placeOf(event);
    const { camera } = this.viewer;
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    this.moved += Math.hypot(x - before[0], y - before[1]);
    this.pointers.set(event.pointerId, [x, y]);
    if (others.length) {
      const [ox, oy] = others[0];
      const [was, is] = [Math.hypot(before[0] - ox, before[1] - oy), Math.hypot(x - ox, y - oy)];
      if (was > 1 && is > 1) camera.zoom(is / was, (x + ox) / 2, (y + oy) / 2);
    } else if (this.moved > CLICK_PX) {
      this.viewer.follow = false;
      camera.pan(x - before[0], y - before[1]);
    }
    this.viewer.cameraMoved();
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size || this.moved > CLICK_PX) return;
    const at = this.paneAt(...this.placeOf(event));
    if (!at) return;
    const { drawing, camera, loop } = this.viewer;
    if (drawing) {
      drawing.push(...camera.toWorld(at.px, at.py));
      loop.invalidate();
    } else this.viewer.select(at.pane.pick(at.px, at.py));
  }

  /** @param {MouseEvent} event */
  onDoubleClick(event) {
    const { drawing, camera, meter } = this.viewer;
    if (drawing) {
      meter.finishDrawing();
      return;
    }
    const at = this.paneAt(...this.placeOf(event));
    if (!at) return;
    camera.zoom(2, at.px, at.py);
    this.viewer.cameraMoved();
  }
}
