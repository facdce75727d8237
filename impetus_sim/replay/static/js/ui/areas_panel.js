/** Measuring areas: draw, count now, density, charts of people inside and of flow in and out. */
import { areaOf } from "../measure/polygon.js";
import { RUN_COLOURS } from "../render/palette.js";
import { formatNumber } from "../time/format.js";
import { button, byId, make } from "./elements.js";
import { LineChart } from "./line_chart.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */
/** @typedef {import("../types.js").Area} Area */

export class AreasPanel {
  /**
   * @param {Viewer} viewer
   * @param {HTMLElement} panel
   * @param {import("./tabs.js").Tabs} tabs
   */
  constructor(viewer, panel, tabs) {
    this.viewer = viewer;
    this.tabs = tabs;
    /** @type {LineChart[]} */
    this.charts = [];
    this.draw = button("Draw an area (M)", () => toggleDrawing(viewer), { aria: { pressed: "false" } });
    this.says = make("p", { className: "soft" });
    this.body = make("tbody", {});
    this.place = make("div", {});
    const head = ["Area", "m²", "People", "per m²"].map((text, i) => make("th", { className: i ? "number" : "" }, text));
    this.table = make("table", {}, make("caption", {}, "People in the areas now"), make("thead", {}, make("tr", {}, ...head, make("th", {}))), this.body);
    panel.append(
      make("h2", {}, "Measure"),
      make("div", { className: "row" }, this.draw, button("Measure this view", () => viewer.meter.addView(), { id: "measure-view" })),
      this.says, this.table, this.place,
    );
    viewer.on("areas", () => this.fill());
    viewer.on("open", () => this.fill());
    viewer.on("time", () => this.showTime());
  }

  fill() {
    const { viewer } = this;
    const drawing = viewer.drawing !== null;
    this.draw.setAttribute("aria-pressed", String(drawing));
    byId("stage").classList.toggle("drawing", drawing);
    this.says.textContent = drawing
      ? "Click the corners on the map; a double click or Enter ends, Escape gives up."
      : "Areas count people, people per m², and who enters and leaves over the whole recording.";
    this.table.hidden = !viewer.meter.areas.length;
    this.charts = [];
    this.place.replaceChildren();
    for (const area of viewer.meter.areas) this.place.append(this.chartsOf(area));
    this.showTime();
  }

  /** @param {Area} area */
  chartsOf(area) {
    const { viewer } = this;
    const { recordings, clock } = viewer;
    const histories = recordings.map((recording) => viewer.meter.histories.get(area)?.get(recording.rid));
    const place = make("section", { aria: { label: area.name } });
    const share = Math.min(...histories.map((history) => history?.share ?? 0));
    if (share < 1) {
      place.append(make("p", { className: "soft" }, `${area.name}: counting, ${Math.round(100 * share)} %`));
      return place;
    }
    const many = recordings.length > 1;
    const lines = histories.flatMap((history, i) => {
      const name = many ? recordings[i].meta.name : "people";
      return history ? [{ name, colour: RUN_COLOURS[i % RUN_COLOURS.length], t: history.t, y: history.count }] : [];
    });
    const flows = histories.flatMap((history, i) => {
      if (!history) return [];
      const colour = RUN_COLOURS[i % RUN_COLOURS.length];
      const of = many ? `${recordings[i].meta.name} ` : "";
      return [
        { name: `${of}in`, colour, t: history.t, y: perMinute(history.t, history.entered) },
        { name: `${of}out`, colour, dashed: true, t: history.t, y: perMinute(history.t, history.left) },
      ];
    });
    /** @param {number} t */
    const go = (t) => void viewer.seek(t);
    this.charts.push(
      new LineChart(`${area.name}: people inside`, "", lines, clock.duration, go),
      new LineChart(`${area.name}: flow in, and out (dashed)`, "people/min", flows, clock.duration, go),
    );
    place.append(...this.charts.slice(-2).map((chart) => chart.element));
    return place;
  }

  showTime() {
    const { viewer } = this;
    if (!this.tabs.isShown("areas") || !viewer.panes.length) return;
    const rows = viewer.meter.areas.map((area) => {
      const size = areaOf(area.points);
      const counts = viewer.meter.countNow(area);
      const cells = [formatNumber(size), counts.map(formatNumber).join(" / "), counts.map((count) => (count / size).toFixed(2)).join(" / ")];
      return make("tr", {}, make("td", {}, area.name), ...cells.map((text) => make("td", { className: "number" }, text)),
        make("td", {}, button("✕", () => viewer.meter.remove(area), { aria: { label: `Remove ${area.name}` } })));
    });
    if (!this.body.contains(document.activeElement)) this.body.replaceChildren(...rows);
    for (const chart of this.charts) chart.showTime(viewer.clock.t);
  }
}

/** @param {Viewer} viewer */
export function toggleDrawing(viewer) {
  if (viewer.drawing) viewer.meter.finishDrawing();
  else viewer.meter.startDrawing();
}

/**
 * @param {number[]} t
 * @param {number[]} counts since the moment before
 */
function perMinute(t, counts) {
  return counts.map((count, i) => (i ? (60 * count) / (t[i] - t[i - 1]) : null));
}
