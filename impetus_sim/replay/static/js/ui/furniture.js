/** What always stands on the map: clock, scale bar, legend, credit of the map, notices. */
import { formatLength, formatNumber, formatTime, formatTimeOfDay, roundStep } from "../time/format.js";
import { byId, make } from "./elements.js";
import { countStates } from "./layers_panel.js";
import { differenceLegend, legendOf, legendRow } from "./legend.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */

const SCALE_PX = 150;
const COUNT_EVERY_MS = 250;

/** @param {Viewer} viewer */
export function mountFurniture(viewer) {
  const big = make("strong", {});
  const small = make("span", {});
  const bar = make("div", { className: "bar" });
  const length = make("span", {});
  const notices = make("ul", { id: "notices" });
  const legend = make("div", { id: "map-legend" });
  const credit = make("div", { id: "credit" });
  byId("stage").append(
    make("div", { id: "clock" }, big, small),
    make("div", { id: "scale", aria: { label: "Scale bar" } }, make("div", { className: "label" }, make("span", {}, "0"), length), bar),
    legend, notices, credit,
  );
  viewer.on("open", () => {
    const { meta } = viewer.first;
    document.title = `${meta.title} · impetus replay`;
    byId("title").textContent = meta.title;
    byId("subtitle").textContent = subtitle(viewer);
    credit.hidden = !meta.attribution;
    credit.replaceChildren(...creditOf(meta.attribution));
    nameColumns(viewer);
  });
  viewer.on("mode", () => nameColumns(viewer));
  viewer.on("time", () => {
    const { clock } = viewer;
    const of_day = formatTimeOfDay(viewer.first.meta.start_clock, clock.t);
    setText(big, of_day || formatTime(clock.t));
    setText(small, `${of_day ? `${formatTime(clock.t)} after the start · ` : ""}${clock.playing ? `${Number(clock.pace.toPrecision(3))}×` : "paused"}`);
    showNotices(viewer, notices);
  });
  const showScale = () => {
    const metres = roundStep((SCALE_PX / viewer.camera.scale) * 1.2, 1.6);
    bar.style.width = `${metres * viewer.camera.scale}px`;
    length.textContent = formatLength(Number(metres.toPrecision(3)));
  };
  viewer.on("camera", showScale);
  viewer.on("open", showScale);
  let waiting = 0;
  const countNow = () => {
    waiting = 0;
    showLegend(viewer, legend);
  };
  viewer.on("time", () => {
    if (viewer.clock.playing || viewer.dragging) waiting ||= window.setTimeout(countNow, COUNT_EVERY_MS);
    else countNow();
  });
  for (const topic of /** @type {const} */ (["layers", "mode"])) viewer.on(topic, () => viewer.panes.length && showLegend(viewer, legend));
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Viewer} viewer */
function subtitle(viewer) {
  const { meta } = viewer.first;
  const names = viewer.recordings.map((recording) => recording.meta.name).join(" and ");
  const numbers = Object.entries(meta.moving).filter(([, { n }]) => n).map(([kind, { n }]) => `${formatNumber(n)} ${kind}`);
  return [names, ...numbers, `seed ${meta.seed}`].join(" · ");
}

/** @param {string} text @returns {(Node|string)[]} */
function creditOf(text) {
  if (!text.includes("OpenStreetMap")) return [text];
  const link = make("a", { href: "https://www.openstreetmap.org/copyright", target: "_blank", rel: "noopener noreferrer" }, text);
  return [link];
}

/** Name the recordings where more than one is on screen. @param {Viewer} viewer */
function nameColumns(viewer) {
  for (const mode of ["swipe", "side"]) byId("stage").classList.toggle(mode, viewer.mode === mode);
  const titles = viewer.recordings.map(({ meta }) => meta.title);
  const alike = new Set(titles).size < titles.length;
  const many = viewer.mode === "side" || viewer.mode === "swipe";
  viewer.panes.forEach((pane, i) => {
    pane.name.textContent = !many ? "" : alike ? pane.recording.meta.name : titles[i];
    pane.name.classList.toggle("left-name", viewer.mode === "swipe" && i === 0);
    pane.name.classList.toggle("below-clock", viewer.mode === "side" && i === 0);
  });
}

/** @param {Viewer} viewer @param {HTMLElement} list */
function showNotices(viewer, list) {
  const texts = [];
  for (const { recording, stride } of viewer.stage.drawnPanes()) {
    const { meta } = recording;
    if (meta.status && meta.status !== "whole") texts.push(meta.status_text || `This recording is ${meta.status}`);
    if (meta.sampled) texts.push(meta.sampled);
    if (stride > 1) texts.push(`Shown: every ${stride}th frame`);
    if (viewer.clock.t > recording.duration + 1e-6) texts.push(`${meta.title} ends at ${formatTime(recording.duration)}`);
  }
  const unique = [...new Set(texts)];
  if (list.dataset.texts === unique.join("|")) return;
  list.dataset.texts = unique.join("|");
  list.replaceChildren(...unique.map((text) => make("li", {}, text)));
}

/** The legend of what is on, with counts of now. @param {Viewer} viewer @param {HTMLElement} element */
function showLegend(viewer, element) {
  const [pane] = viewer.panes;
  const { recording } = pane;
  const layers = recording.meta.layers.filter(({ kind, name }) => viewer.shown.has(name) && kind !== "moving").map(({ name }) => name);
  const names = [...Object.keys(recording.meta.moving), "density", ...layers].filter((name) => viewer.shown.has(name));
  const parts = [];
  if (viewer.mode === "diff") {
    const { title, rows } = differenceLegend(recording);
    parts.push(make("h3", {}, title), ...rows.map((row) => legendRow(row)));
  }
  for (const name of viewer.mode === "diff" ? [] : names) {
    const legend = legendOf(recording, name);
    if (!legend?.rows.length) continue;
    const counts = recording.meta.moving[name] ? viewer.stage.drawnPanes().map((other) => countStates(other, name)) : null;
    const rows = legend.rows.filter((row) => counts === null || counts.some((one) => one.has(row.code ?? -1)));
    if (!rows.length) continue;
    /** @param {number} [code] one number for each recording on screen */
    const numbers = (code = -1) => counts?.map((one) => formatNumber(one.get(code) ?? 0)).join(" / ");
    parts.push(make("h3", {}, legend.title), ...rows.map((row) => legendRow(row, numbers(row.code))));
  }
  element.hidden = !parts.length;
  element.replaceChildren(...parts);
}
