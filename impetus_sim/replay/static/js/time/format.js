/** Times, lengths and numbers as people read and type them. */

/**
 * Elapsed time as 0:05, 12:05 or 1:02:05, with tenths where asked.
 * @param {number} t seconds
 * @param {boolean} [tenths]
 */
export function formatTime(t, tenths = false) {
  const unit = tenths ? 10 : 1;
  const ticks = Math.floor(t * unit + 1e-6);
  const whole = Math.floor(ticks / unit);
  const seconds = String(whole % 60).padStart(2, "0") + (tenths ? `.${ticks % 10}` : "");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/**
 * Time of day at a moment of the run.
 * @param {string|null} start "14:00:00" or a date and time that end so
 * @param {number} t
 * @returns {string} "" where the run has no time of day
 */
export function formatTimeOfDay(start, t) {
  const of = start === null ? null : /(\d{1,2}):(\d\d)(?::(\d\d))?/.exec(start);
  if (!of) return "";
  const seconds = (Number(of[1]) * 3600 + Number(of[2]) * 60 + Number(of[3] ?? 0) + Math.floor(t + 1e-6)) % 86400;
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((x) => String(Math.floor(x)).padStart(2, "0")).join(":");
}

/**
 * Seconds of a typed time: 90, 1:30, 1:02:03, or a time of day when the run has one.
 * @param {string} text
 * @param {string|null} start
 * @param {number} duration
 * @returns {number|null} null where it is no time of the run
 */
export function parseTime(text, start, duration) {
  const parts = text.trim().replace(",", ".").split(":").map((part) => (part === "" ? NaN : Number(part)));
  if (!parts.length || parts.length > 3 || parts.some((part) => !Number.isFinite(part) || part < 0)) return null;
  const t = parts.reduce((sum, part) => sum * 60 + part, 0);
  if (t <= duration + 1e-6) return Math.min(t, duration);
  const begin = parts.length > 1 ? formatTimeOfDay(start, 0) : "";
  if (!begin) return null;
  const of_day = parts.length === 3 ? t : t * 60;
  const first = begin.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const since = (of_day - first + 86400) % 86400;
  return since <= duration + 1e-6 ? since : null;
}

/** @param {number} metres */
export function formatLength(metres) {
  return metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
}

/**
 * A number with at most three figures, thousands set apart.
 * @param {number} value
 */
export function formatNumber(value) {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-GB", { maximumFractionDigits: digits }).replaceAll(",", "\u202f");
}

/**
 * Round steps of an axis: 1, 2 or 5 times a power of ten; for times also minutes and hours.
 * @param {number} span
 * @param {number} most number of steps
 * @param {boolean} [ofTime]
 */
export function roundStep(span, most, ofTime = false) {
  if (ofTime) {
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].find((s) => span / s <= most);
    if (step) return step;
  }
  const power = 10 ** Math.floor(Math.log10(span / most));
  return [1, 2, 5, 10].map((k) => k * power).find((step) => span / step <= most) ?? 10 * power;
}
