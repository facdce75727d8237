/** The timeline: drag to seek, wheel to zoom, events as marks in a lane for each group. */
import { formatTime, formatTimeOfDay, roundStep } from "../time/format.js";
import { GROUPS, INK, MUTED, groupStyle } from "../render/palette.js";
import { byId, make } from "./elements.js";

/** @typedef {import("../types.js").CityEvent} CityEvent */

const LEAD_S = 2; // a click on an event starts a little before it
const NEAR_PX = 5;
const TOP = 17;
const LEFT = 8;

export class Timeline {
  /** @param {import("../viewer.js").Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    this.canvas = make("canvas", { id: "timeline", tabIndex: 0, aria: { role: "slider", label: "Timeline" } });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.tip = make("div", { id: "timeline-tip", hidden: true });
    byId("timeline-place").append(this.canvas, this.tip);
    this.from = 0;
    this.to = 1;
    this.held = false;
    this.backdrop = new OffscreenCanvas(1, 1);
    this.key = "";
    this.drawn = { key: "", x: 0 };
    this.canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.canvas.addEventListener("pointerdown", (event) => this.onDown(event));
    this.canvas.addEventListener("pointermove", (event) => this.onMove(event));
    this.canvas.addEventListener("pointerup", () => this.onUp());
    this.canvas.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    viewer.on("open", () => this.showAll());
    viewer.on("events", () => this.draw());
    viewer.on("time", () => this.draw());
  }

  showAll() {
    this.from = 0;
    this.to = Math.max(this.viewer.clock.duration, 1e-3);
    this.key = "";
    this.draw();
  }

  /** Zoom around a time. @param {number} factor below 1 = closer @param {number} [about] */
  zoom(factor, about = this.viewer.clock.t) {
    const { duration } = this.viewer.clock;
    const span = Math.min(duration, Math.max((this.to - this.from) * factor, Math.min(1, duration)));
    const share = (about - this.from) / (this.to - this.from);
    this.from = Math.min(Math.max(0, about - share * span), duration - span);
    this.to = this.from + span;
    this.draw();
  }

  /** Groups that have events, a lane each, from the top. */
  get lanes() {
    const there = new Set(this.viewer.events.map((event) => event.group));
    const known = Object.keys(GROUPS).filter((group) => there.has(group));
    return [...known, ...[...there].filter((group) => !(group in GROUPS))];
  }

  get width() {
    return Math.max(1, this.canvas.clientWidth - 2 * LEFT);
  }

  /** @param {number} t */
  x(t) {
    return LEFT + ((t - this.from) / (this.to - this.from)) * this.width;
  }

  /** @param {MouseEvent} event */
  timeAt(event) {
    const x = event.clientX - this.canvas.getBoundingClientRect().left - LEFT;
    return this.from + (x / this.width) * (this.to - this.from);
  }

  draw() {
    const { clock, panes } = this.viewer;
    const [w, h] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!panes.length || !w || !h) return;
    if (clock.playing && (clock.t > this.to || clock.t < this.from)) this.turnPage(clock.t);
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const key = `${w}/${h}/${this.from}/${this.to}/${[...this.viewer.hiddenGroups].join()}`;
    if (key !== this.key) {
      this.key = key;
      this.canvas.width = this.backdrop.width = Math.round(w * ratio);
      this.canvas.height = this.backdrop.height = Math.round(h * ratio);
      this.paintBackdrop(w, h, ratio);
    }
    const { context } = this;
    const x = this.x(clock.t);
    if (key === this.drawn.key && Math.abs(x - this.drawn.x) < 0.5) return;
    this.drawn = { key, x };
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(this.backdrop, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = INK;
    context.fillRect(x - 1, TOP - 5, 2, h - TOP + 5);
    context.beginPath();
    context.moveTo(x - 6, TOP - 6);
    context.lineTo(x + 6, TOP - 6);
    context.lineTo(x, TOP + 3);
    context.fill();
    this.describe(clock.t);
  }

  /** Keep the clock in view while it plays. @param {number} t */
  turnPage(t) {
    const span = this.to - this.from;
    this.from = Math.max(0, Math.min(t, this.viewer.clock.duration - span));
    this.to = this.from + span;
  }

  /** @param {number} t */
  describe(t) {
    const { canvas, viewer } = this;
    canvas.setAttribute("aria-valuemin", "0");
    canvas.setAttribute("aria-valuemax", viewer.clock.duration.toFixed(1));
    canvas.setAttribute("aria-valuenow", t.toFixed(1));
    const of_day = formatTimeOfDay(viewer.first.meta.start_clock, t);
    canvas.setAttribute("aria-valuetext", `${formatTime(t)}${of_day ? `, ${of_day}` : ""}`);
  }

  /**
   * @param {number} w
   * @param {number} h
   * @param {number} ratio
   */
  paintBackdrop(w, h, ratio) {
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.backdrop.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, w, h);
    context.font = "11px system-ui";
    context.textAlign = "center";
    context.fillStyle = MUTED;
    const step = roundStep(this.to - this.from, Math.max(2, w / 110), true);
    for (let k = Math.ceil(this.from / step - 1e-9); k * step <= this.to + 1e-9; k++) {
      const t = k * step;
      const text = formatTime(t, step < 1);
      const half = context.measureText(text).width / 2;
      context.fillText(text, Math.min(w - half - 3, Math.max(half + 3, this.x(t))), 11);
      context.fillStyle = "#d9dde0";
      context.fillRect(this.x(t), TOP - 2, 1, h);
      context.fillStyle = MUTED;
    }
    const lanes = this.lanes;
    const lane = (h - TOP - 3) / lanes.length;
    for (const event of this.viewer.events) {
      const x = this.x(event.t);
      const until = event.until === undefined ? x : this.x(event.until);
      if (until < -20 || event.t > this.to) continue;
      const y = TOP + lane * lanes.indexOf(event.group);
      context.fillStyle = groupStyle(event.group).colour;
      context.globalAlpha = 0.4;
      if (until > x) context.fillRect(x, y + lane / 4, until - x, lane / 2);
      context.globalAlpha = 0.92;
      context.beginPath();
      context.roundRect(x - 2.5, y, 5, lane - 1.5, 2);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** The event nearest to the mouse, if it is near. @param {MouseEvent} event @returns {CityEvent|null} */
  eventAt(event) {
    const reach = (NEAR_PX / this.width) * (this.to - this.from);
    const t = this.timeAt(event);
    const y = event.clientY - this.canvas.getBoundingClientRect().top;
    const names = this.lanes;
    const lane = (this.canvas.clientHeight - TOP - 3) / names.length;
    let best = null;
    for (const other of this.viewer.events) {
      const away = Math.abs(other.t - t);
      const lanes = Math.abs(names.indexOf(other.group) + 0.5 - (y - TOP) / lane);
      const distance = away / reach + lanes;
      if (away <= reach && (best === null || distance < best.distance)) best = { distance, event: other };
    }
    return best?.event ?? null;
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const shift = ((event.deltaX || event.deltaY) / this.width) * (this.to - this.from);
      const span = this.to - this.from;
      this.from = Math.min(Math.max(0, this.from + shift), this.viewer.clock.duration - span);
      this.to = this.from + span;
      this.draw();
    } else this.zoom(1.0015 ** event.deltaY, this.timeAt(event));
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0) return;
    this.viewer.pause();
    const near = this.eventAt(event);
    if (near) {
      void this.viewer.seek(near.t - LEAD_S);
      return;
    }
    this.held = true;
    this.canvas.setPointerCapture(event.pointerId);
    this.viewer.drag(this.timeAt(event));
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    if (this.held) {
      this.viewer.drag(this.timeAt(event));
      return;
    }
    const near = this.eventAt(event);
    this.tip.hidden = false;
    const more = near?.count && near.count > 1 ? ` (${near.count} times)` : "";
    this.tip.textContent = near ? `${formatTime(near.t)}  ${near.text}${more}` : formatTime(Math.max(0, this.timeAt(event)), true);
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    const half = this.tip.offsetWidth / 2;
    this.tip.style.left = `${Math.min(this.canvas.clientWidth - half, Math.max(half, x))}px`;
  }

  onUp() {
    if (!this.held) return;
    this.held = false;
    void this.viewer.seek(this.viewer.clock.t);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { clock } = this.viewer;
    const page = (this.to - this.from) / 10;
    /** @type {Record<string, number>} */
    const places = { PageUp: clock.t - page, PageDown: clock.t + page, Home: 0, End: clock.duration, ArrowDown: clock.t - 10, ArrowUp: clock.t + 10 };
    if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(2);
    else if (event.key in places) {
      this.viewer.pause();
      void this.viewer.seek(places[event.key]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
