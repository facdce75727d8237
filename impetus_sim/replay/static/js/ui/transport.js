/** Buttons of playback: play, step, events, typed time, speed. */
import { formatTime, formatTimeOfDay, parseTime } from "../time/format.js";
import { placeOfSpeed, speedAt } from "../time/clock.js";
import { button, byId, make, say } from "./elements.js";

/** @param {import("../viewer.js").Viewer} viewer */
export function mountTransport(viewer) {
  const play = button("▶ Play", () => viewer.toggle(), { className: "play", title: "Play or pause (space)" });
  const time = make("input", { type: "text", id: "time", title: "Type a time: 90, 1:30 or a time of day, then Enter (T)", aria: { label: "Time" } });
  const end = make("span", { className: "soft" });
  const speed = make("input", { type: "range", id: "speed", min: "0", max: "1", step: "0.0625", title: "Speed: , slower . faster", aria: { label: "Speed" } });
  const says = make("output", { htmlFor: /** @type {any} */ ("speed") });
  const slow = make("input", { type: "checkbox", id: "slow" });
  byId("buttons").append(
    play,
    button("Start", () => void viewer.seek(0), { className: "quiet", title: "To the start (Home)" }),
    button("◂ Frame", () => void viewer.step(-1), { id: "frame-back", className: "quiet", title: "One recorded frame back (left)" }),
    button("Frame ▸", () => void viewer.step(1), { id: "frame-on", className: "quiet", title: "One recorded frame on (right)" }),
    make("span", { className: "time" }, time, end),
    button("◂ Event", () => void goToEvent(viewer, -1), { id: "previous-event", title: "Previous event (Shift+N)" }),
    button("Event ▸", () => void goToEvent(viewer, 1), { id: "next-event", title: "Next event (N)" }),
    make("span", { className: "speed" }, make("label", { htmlFor: "speed" }, "Speed"), speed, says),
    make("label", { className: "quiet", title: "Play at 1x around events of the groups that are switched on" }, slow, " slow down near events"),
  );
  let shown = "";
  slow.addEventListener("change", () => (viewer.clock.slowNearEvents = slow.checked));
  speed.addEventListener("input", () => setSpeed(viewer, speedAt(Number(speed.value))));
  time.addEventListener("focus", () => time.select());
  time.addEventListener("blur", () => {
    shown = "";
    show();
  });
  time.addEventListener("keydown", (event) => {
    if (event.key === "Escape") time.blur();
    if (event.key !== "Enter") return;
    const t = parseTime(time.value, viewer.first.meta.start_clock, viewer.clock.duration);
    time.setAttribute("aria-invalid", String(t === null));
    if (t === null) {
      say(`${time.value} is no time of this recording, which lasts ${formatTime(viewer.clock.duration)}`);
      return;
    }
    viewer.pause();
    void viewer.seek(t);
    time.blur();
  });
  function show() {
    const { clock } = viewer;
    const text = `${formatTime(clock.t, true)}/${clock.playing}/${clock.speed}`;
    if (text === shown && time.value) return;
    shown = text;
    play.textContent = clock.playing ? "❚❚ Pause" : "▶ Play";
    if (document.activeElement !== time) {
      time.value = formatTime(clock.t, true);
      time.setAttribute("aria-invalid", "false");
    }
    says.value = `${Number(clock.speed.toPrecision(3))}×`;
    speed.setAttribute("aria-valuetext", `${clock.speed} times`);
    if (document.activeElement !== speed) speed.value = String(placeOfSpeed(clock.speed));
  }
  viewer.on("time", show);
  viewer.on("open", () => {
    const of_day = formatTimeOfDay(viewer.first.meta.start_clock, viewer.clock.duration);
    end.textContent = `of ${formatTime(viewer.clock.duration)}${of_day ? ` (to ${of_day})` : ""}`;
    show();
  });
}

/**
 * @param {import("../viewer.js").Viewer} viewer
 * @param {number} speed
 */
export function setSpeed(viewer, speed) {
  viewer.clock.speed = speed;
  viewer.loop.invalidate();
}

/**
 * @param {import("../viewer.js").Viewer} viewer
 * @param {1|-1} direction
 */
export async function goToEvent(viewer, direction) {
  const event = await viewer.goToEvent(direction);
  say(event ? `${formatTime(event.t)}: ${event.text}` : direction > 0 ? "No later event" : "No earlier event");
}
