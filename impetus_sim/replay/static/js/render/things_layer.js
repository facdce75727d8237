/** Things that stand still, by their state: signals, lines, masts, cameras with fields of view, controllers. */
import { INK } from "./palette.js";

/** @typedef {import("../view/camera.js").Camera} Camera */
/** @typedef {import("../data/tracks.js").Tracks} Tracks */
/** @typedef {import("../types.js").Thing} Thing */
/** @typedef {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} Context */

const NAMED_FROM = 2.5; // pixels per metre

export class ThingsLayer {
  constructor() {
    this.canvas = new OffscreenCanvas(1, 1);
    this.key = "";
    /** @type {{layer: string, index: number, thing: Thing, px: number, py: number}[]} what can be clicked */
    this.spots = [];
  }

  /**
   * Draw onto a context, from the picture of last time where nothing changed.
   * @param {Context} context
   * @param {Camera} camera
   * @param {number} ratio
   * @param {Map<string, Tracks>} layers those that are on
   * @param {number} t
   */
  draw(context, camera, ratio, layers, t) {
    if (!layers.size) {
      this.spots = [];
      this.key = "";
      return;
    }
    const versions = [...layers].map(([name, tracks]) => `${name}:${tracks.version(t)}`).join();
    const key = `${camera.version}/${context.canvas.width}/${context.canvas.height}/${versions}`;
    if (key !== this.key) {
      this.key = key;
      this.paint(context.canvas.width, context.canvas.height, camera, ratio, layers, t);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.canvas, 0, 0);
  }

  /**
   * @param {number} width device pixels
   * @param {number} height
   * @param {Camera} camera
   * @param {number} ratio
   * @param {Map<string, Tracks>} layers
   * @param {number} t
   */
  paint(width, height, camera, ratio, layers, t) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.spots = [];
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    context.lineJoin = "round";
    context.lineCap = "round";
    for (const [layer, tracks] of layers) {
      tracks.things.forEach((thing, index) => {
        const colour = tracks.colour(tracks.stateAt(index, t));
        drawReach(context, camera, ratio, thing, colour);
        const [px, py] = camera.toScreen(thing.x, thing.y);
        if (px < -20 || py < -20 || px > camera.width + 20 || py > camera.height + 20) return;
        this.spots.push({ layer, index, thing, px, py });
      });
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const many = this.spots.length > 300 && camera.scale < 1;
    for (const { layer, index, thing, px, py } of this.spots) {
      const tracks = /** @type {Tracks} */ (layers.get(layer));
      if (isLine(thing)) continue;
      drawMark(context, px, py, many ? 2.5 : 4.5, layer, tracks.colour(tracks.stateAt(index, t)));
      if (camera.scale >= NAMED_FROM && this.spots.length < 150) drawName(context, px, py, thing.label);
    }
  }

  /**
   * @param {number} px
   * @param {number} py
   * @param {number} reach_px
   * @returns {{layer: string, thing: Thing, distance: number}|null}
   */
  pick(px, py, reach_px) {
    let best = reach_px;
    let found = null;
    for (const spot of this.spots) {
      const distance = Math.hypot(spot.px - px, spot.py - py);
      if (distance <= best) [best, found] = [distance, { layer: spot.layer, thing: spot.thing, distance }];
    }
    return found;
  }
}

/** @param {Thing} thing */
function isLine(thing) {
  const shape = thing.shape;
  return shape !== undefined && shape.length >= 4 && !isClosed(shape);
}

/** @param {number[]} shape */
function isClosed(shape) {
  return shape.length >= 8 && shape[0] === shape[shape.length - 2] && shape[1] === shape[shape.length - 1];
}

/**
 * The line, area or field of view of a thing.
 * @param {Context} context
 * @param {Camera} camera
 * @param {number} ratio
 * @param {Thing} thing
 * @param {string} colour
 */
function drawReach(context, camera, ratio, thing, colour) {
  camera.applyTo(context, ratio);
  const { shape, angle, spread, reach } = thing;
  context.beginPath();
  if (shape && shape.length >= 4) {
    for (let i = 0; i < shape.length; i += 2) context.lineTo(shape[i], shape[i + 1]);
  } else if (reach && angle !== undefined && spread !== undefined && spread < 360) {
    const [from, to] = [angle - spread / 2, angle + spread / 2].map((degrees) => (degrees * Math.PI) / 180);
    context.moveTo(thing.x, thing.y);
    context.arc(thing.x, thing.y, reach, from, to);
    context.closePath();
  } else if (reach) {
    context.arc(thing.x, thing.y, reach, 0, 2 * Math.PI);
  } else return;
  context.strokeStyle = colour;
  context.lineWidth = (isLine(thing) ? 2.5 : 1) / camera.scale;
  if (!isLine(thing)) {
    context.fillStyle = `${colour}2e`;
    context.fill();
  }
  context.stroke();
}

/** Shapes tell layers apart without their colour. @type {Record<string, number>} corners; 0 = round */
const CORNERS = { signals: 0, power: 3, water: 5, phones: 6, sensors: 4, cyber: 4, gates: 4 };

/**
 * @param {Context} context
 * @param {number} px
 * @param {number} py
 * @param {number} radius
 * @param {string} layer
 * @param {string} colour
 */
export function drawMark(context, px, py, radius, layer, colour) {
  const corners = CORNERS[layer] ?? 0;
  context.beginPath();
  if (!corners) context.arc(px, py, radius, 0, 2 * Math.PI);
  const turn = layer === "cyber" ? 0 : corners === 4 ? Math.PI / 4 : -Math.PI / 2;
  for (let k = 0; k < corners; k++) {
    const angle = turn + (2 * Math.PI * k) / corners;
    context.lineTo(px + 1.25 * radius * Math.cos(angle), py + 1.25 * radius * Math.sin(angle));
  }
  context.closePath();
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = "#ffffff";
  context.lineWidth = 3;
  context.stroke();
  context.strokeStyle = INK;
  context.lineWidth = 1;
  context.stroke();
  context.fill();
}

/**
 * @param {Context} context
 * @param {number} px
 * @param {number} py
 * @param {string} text
 */
function drawName(context, px, py, text) {
  context.font = "11px system-ui";
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.strokeStyle = "rgba(255,255,255,0.9)";
  context.lineWidth = 3;
  context.strokeText(text, px + 9, py);
  context.fillStyle = INK;
  context.fillText(text, px + 9, py);
}
