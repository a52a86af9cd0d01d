/** Nearest point on lines that the hub served, in metres good enough to draw by (equirectangular). Pure. */

const M_PER_DEGREE = 111_195;

/**
 * The nearest point within `withinM` metres of [lon, lat] on any line ({coordinates}), or null.
 * Returns {line, place: [lon, lat], metres}.
 */
export function nearestOn(lines, [lon, lat], withinM) {
  const wide = M_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  const reach = withinM / Math.min(wide, M_PER_DEGREE);
  let best = null;
  for (const line of lines) {
    const { coordinates } = line;
    for (let index = 1; index < coordinates.length; index += 1) {
      const [ax, ay] = coordinates[index - 1];
      const [bx, by] = coordinates[index];
      if (Math.min(ax, bx) > lon + reach || Math.max(ax, bx) < lon - reach || Math.min(ay, by) > lat + reach || Math.max(ay, by) < lat - reach) continue;
      const [x, y] = [(bx - ax) * wide, (by - ay) * M_PER_DEGREE];
      const [px, py] = [(lon - ax) * wide, (lat - ay) * M_PER_DEGREE];
      const share = Math.min(1, Math.max(0, (px * x + py * y) / (x * x + y * y || 1)));
      const metres = Math.hypot(px - share * x, py - share * y);
      if (metres <= (best?.metres ?? withinM)) best = { line, place: [ax + share * (bx - ax), ay + share * (by - ay)], metres };
    }
  }
  return best;
}
