/** Places along a line: metres from its start to a position, and back. Positions are [lon, lat]. */

const EARTH_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

function metres([lon1, lat1], [lon2, lat2]) {
  const x = (lon2 - lon1) * Math.cos(((lat1 + lat2) / 2) * RADIANS);
  return Math.hypot(x, lat2 - lat1) * RADIANS * EARTH_M;
}

/**
 * A ruler for one line. `length` is its geodesic length by the server; the ruler's own lengths are
 * stretched to it, so that a place here is the same place there within centimetres.
 */
export function makeRuler(coordinates, length) {
  const at = [0];
  for (let i = 1; i < coordinates.length; i += 1) at.push(at[i - 1] + metres(coordinates[i - 1], coordinates[i]));
  const scale = length / at.at(-1);
  for (let i = 0; i < at.length; i += 1) at[i] *= scale;
  return { length, pointAt: (m) => pointAt(coordinates, at, m), nearest: (lon, lat) => nearest(coordinates, at, [lon, lat]) };
}

function pointAt(coordinates, at, m) {
  const end = at.findIndex((value) => value >= m);
  if (end <= 0) return end === 0 ? coordinates[0] : coordinates.at(-1);
  const share = (m - at[end - 1]) / (at[end] - at[end - 1] || 1);
  const [a, b] = [coordinates[end - 1], coordinates[end]];
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
}

/** Metres along the line of its point nearest to a position. */
function nearest(coordinates, at, place) {
  let best = { distance: Infinity, m: 0 };
  for (let i = 1; i < coordinates.length; i += 1) {
    const [a, b] = [coordinates[i - 1], coordinates[i]];
    const share = shareOf(a, b, place);
    const foot = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    const distance = metres(foot, place);
    if (distance < best.distance) best = { distance, m: at[i - 1] + share * (at[i] - at[i - 1]) };
  }
  return best.m;
}

function shareOf(a, b, place) {
  const k = Math.cos(place[1] * RADIANS);
  const [dx, dy] = [(b[0] - a[0]) * k, b[1] - a[1]];
  const square = dx * dx + dy * dy;
  if (square === 0) return 0;
  const along = ((place[0] - a[0]) * k * dx + (place[1] - a[1]) * dy) / square;
  return Math.min(1, Math.max(0, along));
}

/** Whether a position lies in a GeoJSON (Multi)Polygon (even-odd rule). */
export function covers(geometry, [lon, lat]) {
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  return polygons.some((rings) => rings.reduce((inside, ring) => inside !== crossesOddly(ring, lon, lat), false));
}

function crossesOddly(ring, lon, lat) {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}
