/** Start of the page: which recordings the server holds, panels, and what tests can ask. */
import { getJson } from "./data/server.js";
import { AreasPanel } from "./ui/areas_panel.js";
import { mountBookmarks } from "./ui/bookmarks_panel.js";
import { ChartsPanel } from "./ui/charts_panel.js";
import { mountCompare } from "./ui/compare_bar.js";
import { byId } from "./ui/elements.js";
import { mountEvents } from "./ui/events_panel.js";
import { mountFind } from "./ui/find_box.js";
import { mountFurniture } from "./ui/furniture.js";
import { Inspector } from "./ui/inspector.js";
import { mountLayers } from "./ui/layers_panel.js";
import { showBroken, showProblem } from "./ui/problem.js";
import { mountShortcuts } from "./ui/shortcuts.js";
import { Tabs } from "./ui/tabs.js";
import { Timeline } from "./ui/timeline.js";
import { mountTransport } from "./ui/transport.js";
import { readLink } from "./view/link.js";
import { Viewer } from "./viewer.js";

const NOTE_LINK_MS = 1000;

function build() {
  const viewer = new Viewer(byId("stage"), (error) => showProblem(error));
  const tabs = new Tabs();
  tabs.onShow = () => viewer.loop.invalidate();
  mountFurniture(viewer);
  mountTransport(viewer);
  mountLayers(viewer, tabs.add("layers", "Layers"));
  mountEvents(viewer, tabs.add("events", "Events"), tabs);
  new Inspector(viewer, tabs.add("details", "Details"), tabs);
  new ChartsPanel(viewer, tabs.add("charts", "Charts"), tabs);
  new AreasPanel(viewer, tabs.add("areas", "Measure"), tabs);
  mountBookmarks(viewer, tabs.add("notes", "Notes"));
  new Timeline(viewer);
  mountFind(viewer);
  mountCompare(viewer);
  mountShortcuts(viewer);
  return viewer;
}

/**
 * Open what the address asks for, else the first recording, or the first two where the second is its branch.
 * @param {Viewer} viewer
 */
async function start(viewer) {
  const view = readLink(location.hash);
  const search = new URLSearchParams(location.search);
  if (search.has("token")) {
    search.delete("token");
    history.replaceState(null, "", `/${search.size ? `?${search}` : ""}${location.hash}`);
  }
  /** @type {import("./types.js").Session} */
  const session = await getJson("/api/session");
  const known = session.recordings.map((recording) => recording.rid);
  const wanted = view.rids.filter((rid) => known.includes(rid));
  const rids = wanted.length ? wanted : known;
  if (session.broken.length) showBroken(session.broken, rids.length > 0);
  if (!rids.length) {
    showEmpty("No recording");
    return;
  }
  await viewer.open(rids, view);
  setInterval(() => noteLink(viewer), NOTE_LINK_MS);
}

/** Leave out what needs a recording. @param {string} title */
function showEmpty(title) {
  byId("title").textContent = title;
  document.body.classList.add("empty");
}

/** Keep the address true, so that loading the page again shows the same view. @param {Viewer} viewer */
function noteLink(viewer) {
  const fragment = `#${viewer.link}`;
  if (!viewer.clock.playing && !viewer.dragging && fragment !== location.hash) history.replaceState(null, "", fragment);
}

const viewer = build();
const ready = start(viewer).catch((error) => {
  if (!viewer.panes.length) showEmpty("Nothing to show");
  showProblem(error, { canClose: false });
});

/** What tests and scripts can ask of the page. */
Object.assign(window, {
  viewer: {
    ready,
    seek: (/** @type {number} */ t) => viewer.seek(t),
    step: (/** @type {number} */ n) => viewer.step(n),
    play: () => viewer.play(),
    pause: () => viewer.pause(),
    setSpeed: (/** @type {number} */ speed) => (viewer.clock.speed = speed),
    drawn: (/** @type {string} */ rid, /** @type {string} */ kind) =>
      viewer.panes.find((pane) => pane.recording.rid === rid)?.renderer.drawn(kind) ?? 0,
    pick: (/** @type {number} */ px, /** @type {number} */ py) => {
      const at = viewer.stage.paneAt(px, py);
      return at ? at.pane.pick(at.px, at.py) : null;
    },
    camera: viewer.camera,
    setCamera: (/** @type {import("./types.js").CameraState} */ state) => {
      viewer.camera.set(state);
      viewer.cameraMoved();
      return viewer.loop.next();
    },
    stats: () => viewer.loop.stats(),
    state: () => ({
      rids: viewer.recordings.map((recording) => recording.rid),
      t: viewer.clock.t,
      times: viewer.stage.drawnPanes().map((pane) => pane.time),
      playing: viewer.clock.playing,
      speed: viewer.clock.speed,
      duration: viewer.clock.duration,
      mode: viewer.mode,
      layers: [...viewer.shown],
      selection: viewer.selection,
      follow: viewer.follow,
      areas: viewer.meter.areas.map((area) => ({ ...area, counts: viewer.meter.countNow(area) })),
      bookmarks: viewer.bookmarks,
      camera: viewer.camera.state,
      link: viewer.link,
    }),
  },
});
