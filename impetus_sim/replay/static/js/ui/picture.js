/** What is on the map as a PNG, with clock, scale bar and credit. */
import { INK } from "../render/palette.js";
import { formatLength, formatTime, formatTimeOfDay, roundStep } from "../time/format.js";
import { make, say } from "./elements.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */

const STRIP_PX = 34;

/** @param {Viewer} viewer @returns {Promise<Blob>} */
export async function takePicture(viewer) {
  await viewer.loop.next();
  const { clientWidth: width, clientHeight: height } = viewer.stage.element;
  const ratio = viewer.panes[0].ratio;
  const canvas = new OffscreenCanvas(Math.round(width * ratio), Math.round((height + STRIP_PX) * ratio));
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height + STRIP_PX);
  viewer.stage.drawnPanes().forEach((pane, i) => {
    const w = viewer.camera.width;
    const x = viewer.mode === "side" ? i * w : 0;
    context.save();
    context.beginPath();
    const cut = viewer.mode === "swipe" && i === 1 ? viewer.stage.share * width : 0;
    context.rect(x + cut, 0, w - cut, height);
    context.clip();
    for (const layer of pane.pictures()) context.drawImage(layer, x, 0, w, height);
    context.restore();
  });
  drawStrip(context, viewer, width, height);
  return canvas.convertToBlob({ type: "image/png" });
}

/**
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {Viewer} viewer
 * @param {number} width
 * @param {number} height
 */
function drawStrip(context, viewer, width, height) {
  const { meta } = viewer.first;
  const y = height + STRIP_PX / 2;
  context.textBaseline = "middle";
  context.fillStyle = INK;
  context.font = "600 14px system-ui";
  const of_day = formatTimeOfDay(meta.start_clock, viewer.clock.t);
  const titles = viewer.recordings.map((recording) => recording.meta.title).join(" | ");
  context.fillText(`${of_day || formatTime(viewer.clock.t)}   ${titles}`, 12, y, width * 0.5);
  const metres = roundStep(150 / viewer.camera.scale, 1.6);
  const bar = metres * viewer.camera.scale;
  context.font = "12px system-ui";
  context.textAlign = "right";
  context.fillText(meta.attribution, width - 12, y, width * 0.28);
  const x = width * 0.55;
  context.fillRect(x, y + 4, bar, 3);
  context.textAlign = "left";
  context.fillText(formatLength(Number(metres.toPrecision(3))), x, y - 5);
}

/** @param {Viewer} viewer */
export async function savePicture(viewer) {
  const url = URL.createObjectURL(await takePicture(viewer));
  const name = `${viewer.first.meta.name.replace(/\.h5$/, "")}_${formatTime(viewer.clock.t).replaceAll(":", "-")}.png`;
  const link = make("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  say(`Saved ${name}`);
}
