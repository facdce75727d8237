/** Bookmarks of camera and time with notes: the list for the debrief, kept in this browser by recording. */
import { formatTime } from "../time/format.js";
import { button, make, say } from "./elements.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */
/** @typedef {import("../types.js").Bookmark} Bookmark */

/**
 * @param {Viewer} viewer
 * @param {HTMLElement} panel
 */
export function mountBookmarks(viewer, panel) {
  const list = make("div", {});
  const copy = button("Copy as text", () => void copyText(viewer));
  panel.append(
    make("h2", {}, "Notes"),
    make("p", { className: "soft" }, "Keep this moment and view with a note, for the debrief. Notes stay in this browser."),
    make("div", { className: "row" }, button("Keep this moment (K)", () => keepMoment(viewer), { id: "keep" }), copy),
    list,
  );
  viewer.on("open", () => {
    viewer.bookmarks = readKept(viewer.first.meta.digest);
    viewer.emit("bookmarks");
  });
  viewer.on("bookmarks", () => {
    copy.disabled = !viewer.bookmarks.length;
    list.replaceChildren(...viewer.bookmarks.map((bookmark) => cardOf(viewer, bookmark)));
  });
}

/** @param {Viewer} viewer */
export function keepMoment(viewer) {
  const { clock, camera } = viewer;
  viewer.bookmarks.push({ name: formatTime(clock.t), note: "", t: clock.t, camera: camera.state });
  viewer.bookmarks.sort((a, b) => a.t - b.t);
  save(viewer);
  viewer.emit("bookmarks");
  say(`Kept ${formatTime(clock.t)}`);
}

/**
 * @param {Viewer} viewer
 * @param {Bookmark} bookmark
 */
function cardOf(viewer, bookmark) {
  const note = make("textarea", { value: bookmark.note, placeholder: "Note…", aria: { label: `Note at ${bookmark.name}` } });
  note.addEventListener("input", () => {
    bookmark.note = note.value;
    save(viewer);
  });
  const go = () => {
    viewer.pause();
    viewer.follow = false;
    viewer.camera.set(bookmark.camera);
    viewer.cameraMoved();
    void viewer.seek(bookmark.t);
  };
  const remove = () => {
    viewer.bookmarks = viewer.bookmarks.filter((other) => other !== bookmark);
    save(viewer);
    viewer.emit("bookmarks");
  };
  const head = make("header", {}, make("strong", {}, bookmark.name), button("Go", go), button("✕", remove, { aria: { label: `Remove ${bookmark.name}` } }));
  return make("article", { className: "card" }, head, note);
}

/** @param {string} digest */
function keyOf(digest) {
  return `impetus-notes-${digest}`;
}

/** @param {Viewer} viewer */
function save(viewer) {
  try {
    localStorage.setItem(keyOf(viewer.first.meta.digest), JSON.stringify(viewer.bookmarks));
  } catch {
    say("The browser keeps no notes: copy them as text before you leave.");
  }
}

/**
 * @param {string} digest
 * @returns {Bookmark[]}
 */
function readKept(digest) {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(digest)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => Number.isFinite(one?.t) && Number.isFinite(one?.camera?.scale)) : [];
  } catch {
    return []; // storage is shut or was written by something else
  }
}

/** @param {Viewer} viewer */
async function copyText(viewer) {
  const lines = viewer.bookmarks.map(({ name, note }) => `${name}  ${note}`);
  await navigator.clipboard.writeText([viewer.first.meta.title, ...lines].join("\n"));
  say("Notes are in the clipboard");
}
