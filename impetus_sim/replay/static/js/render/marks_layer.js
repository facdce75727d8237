/** Marks on top: measuring areas, the selected one with its way, fresh events. */
import { INK, SELECTED, groupStyle } from "./palette.js";

/** @typedef {import("../view/camera.js").Camera} Camera */

const FRESH_S = 8; // an event stays on the map for so many seconds of the run, or of wall time when faster

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Camera} camera
 * @param {{name: string, points: number[], text: string, open?: boolean}[]} areas
 */
export function drawAreas(context, camera, areas) {
  for (const area of areas) {
    context.beginPath();
    for (let i = 0; i < area.points.length; i += 2) {
      context.lineTo(...camera.toScreen(area.points[i], area.points[i + 1]));
    }
    if (!area.open) context.closePath();
    context.fillStyle = "rgba(93,58,155,0.10)";
    context.fill();
    context.setLineDash(area.open ? [5, 4] : []);
    context.strokeStyle = "#5d3a9b";
    context.lineWidth = 2;
    context.stroke();
    context.setLineDash([]);
    const [px, py] = camera.toScreen(area.points[0], area.points[1]);
    if (area.text) drawTag(context, px, py - 12, `${area.name}: ${area.text}`, "#5d3a9b");
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Camera} camera
 * @param {[number, number]|null} at metres
 * @param {{t: number[], x: number[], y: number[]}|null} track the way, walked up to t
 * @param {number} t
 */
export function drawSelected(context, camera, at, track, t) {
  if (track && track.t.length > 1) {
    context.beginPath();
    for (let i = 0; i < track.t.length && track.t[i] <= t; i++) context.lineTo(...camera.toScreen(track.x[i], track.y[i]));
    if (at) context.lineTo(...camera.toScreen(...at));
    context.strokeStyle = SELECTED;
    context.lineWidth = 2;
    context.globalAlpha = 0.75;
    context.stroke();
    context.globalAlpha = 1;
  }
  if (!at) return;
  const [px, py] = camera.toScreen(...at);
  const radius = Math.max(9, 0.6 * camera.scale);
  for (const [colour, width] of /** @type {[string, number][]} */ ([["#ffffff", 5], [SELECTED, 2.5]])) {
    context.beginPath();
    context.arc(px, py, radius, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/**
 * Events that just happened: a ring that grows and what it was.
 * @param {CanvasRenderingContext2D} context
 * @param {Camera} camera
 * @param {import("../types.js").CityEvent[]} events with a place, those of the last seconds
 * @param {number} t
 * @param {number} pace seconds of the run per second
 */
export function drawFresh(context, camera, events, t, pace) {
  const stays = freshFor(pace);
  let written = 0;
  for (const event of events.toReversed()) {
    if (event.x === null || event.y === null) continue;
    const age = (t - event.t) / stays;
    const [px, py] = camera.toScreen(event.x, event.y);
    if (px < 0 || py < 0 || px > camera.width || py > camera.height) continue;
    const { colour } = groupStyle(event.group);
    context.globalAlpha = Math.max(0, 1 - age);
    context.beginPath();
    context.arc(px, py, 8 + 26 * age, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = 3;
    context.stroke();
    if (written++ < 3 && event.group !== "traffic") drawTag(context, px, py - 20 - 22 * (written - 1), event.text, colour);
    context.globalAlpha = 1;
  }
}

/**
 * How long an event stays on the map, seconds of the run.
 * @param {number} pace
 */
export function freshFor(pace) {
  return Math.max(FRESH_S, 2 * pace);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} px middle
 * @param {number} py middle
 * @param {string} text
 * @param {string} colour
 */
function drawTag(context, px, py, text, colour) {
  context.font = "600 12px system-ui";
  const short = text.length > 60 ? `${text.slice(0, 58)}…` : text;
  const half = context.measureText(short).width / 2 + 7;
  const x = Math.min(Math.max(px, half + 4), context.canvas.clientWidth - half - 4);
  context.fillStyle = "rgba(255,255,255,0.93)";
  context.beginPath();
  context.roundRect(x - half, py - 10, 2 * half, 20, 4);
  context.fill();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.fillStyle = INK;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(short, x, py + 0.5);
}
