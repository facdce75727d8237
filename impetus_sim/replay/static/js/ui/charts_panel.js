/** Charts of what the run measured, all recordings in one picture, and the band of fresh replicates. */
import { postJson } from "../data/server.js";
import { RUN_COLOURS } from "../render/palette.js";
import { button, make } from "./elements.js";
import { LineChart } from "./line_chart.js";
import { waitForJob } from "./job.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */
/** @typedef {import("../types.js").Series} Series */

const REPLICATES = 8;

export class ChartsPanel {
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
    /** @type {Map<string, Series[]>} bands by recording */
    this.bands = new Map();
    this.place = make("div", {});
    this.says = make("p", { className: "soft", aria: { role: "status" } });
    this.progress = make("progress", { max: 1, value: 0, hidden: true, aria: { label: "Replicates" } });
    this.ask = button(`What would chance alone have shown? (${REPLICATES} replicates)`, () => void this.askBand(), { id: "band" });
    panel.append(make("h2", {}, "Charts"), this.place, this.ask, this.progress, this.says);
    viewer.on("open", () => this.fill());
    viewer.on("time", () => this.showTime());
  }

  fill() {
    const { recordings, clock } = this.viewer;
    const many = recordings.length > 1;
    /** @type {Map<string, {title: string, unit: string, lines: import("./line_chart.js").Line[]}>} */
    const found = new Map();
    recordings.forEach((recording, i) => {
      const colour = RUN_COLOURS[i % RUN_COLOURS.length];
      for (const series of recording.series) {
        const chart = found.get(series.name) ?? { title: series.title, unit: series.unit, lines: [] };
        const band = this.bands.get(recording.rid)?.find((other) => other.name === series.name);
        if (band) chart.lines.push({ name: "replicates", colour, dashed: true, t: band.t, y: band.y, low: band.low, high: band.high });
        chart.lines.push({ name: many ? recording.meta.name : "now", colour, t: series.t, y: series.y, low: series.low, high: series.high });
        found.set(series.name, chart);
      }
    });
    this.charts = [...found.values()].map(
      ({ title, unit, lines }) => new LineChart(title, unit, lines, clock.duration, (t) => void this.viewer.seek(t)),
    );
    this.place.replaceChildren(...this.charts.map((chart) => chart.element));
    if (!this.charts.length) this.place.append(make("p", { className: "soft" }, "This recording holds no series."));
    this.ask.hidden = !this.charts.length;
    for (const chart of this.charts) chart.showTime(clock.t);
  }

  showTime() {
    if (!this.tabs.isShown("charts")) return;
    for (const chart of this.charts) chart.showTime(this.viewer.clock.t);
  }

  /** Run the first recording's scenario again with other chance, and draw where the lines lie. */
  async askBand() {
    const { rid } = this.viewer.first;
    this.ask.disabled = true;
    this.progress.hidden = false;
    try {
      const { job } = await postJson("/api/band", { rid, replicates: REPLICATES });
      const result = await waitForJob(job, (progress, message) => {
        this.progress.value = progress;
        this.says.textContent = message;
      });
      this.addBand(rid, result?.series ?? []);
    } catch (error) {
      this.says.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      this.progress.hidden = true;
      this.ask.disabled = false;
    }
  }

  /**
   * @param {string} rid
   * @param {Series[]} series
   */
  addBand(rid, series) {
    this.bands.set(rid, series);
    this.says.textContent = "Band and dashed line: lowest to highest and median of fresh replicates of the first recording's scenario. A difference inside the band may be chance.";
    this.fill();
  }
}
