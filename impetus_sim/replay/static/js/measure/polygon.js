/** Plane geometry of a ring given as flat x, y. */

/** @param {number[]} points @returns {number} square metres */
export function areaOf(points) {
  let twice = 0;
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    twice += points[i] * points[j + 1] - points[j] * points[i + 1];
  }
  return Math.abs(twice) / 2;
}

/**
 * @param {number[]} points
 * @param {number} x
 * @param {number} y
 */
export function contains(points, x, y) {
  let inside = false;
  for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
    const crosses = points[i + 1] > y !== points[j + 1] > y;
    if (crosses && x < ((points[j] - points[i]) * (y - points[i + 1])) / (points[j + 1] - points[i + 1]) + points[i]) {
      inside = !inside;
    }
  }
  return inside;
}
