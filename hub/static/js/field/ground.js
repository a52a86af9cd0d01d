/**
 * Whose ground is this, may I act here? The rule of the hub (geo/locate.py, hub/locate) on the phone,
 * from the ground of a patrol's kit. Pure: no network, no page. Places in degrees (WGS 84), lengths in
 * metres. A test puts the same places to both and compares.
 */
const A = 6_378_137;
const E2 = 0.006694379990141316;
const RAD = Math.PI / 180;
const ORDER = ["host", "with_notice", "assist", "no"];

/** Metres per degree of longitude and latitude at a latitude, on the ellipsoid. */
function scaleAt(lat) {
  const sin = Math.sin(lat * RAD);
  const w = 1 - E2 * sin * sin;
  return [A / Math.sqrt(w) * Math.cos(lat * RAD) * RAD, A * (1 - E2) / w ** 1.5 * RAD];
}

/** Metres between two places; by the mean latitude, exact to a millimetre within some kilometres. */
export function distance(lon, lat, lon2, lat2) {
  const [kx, ky] = scaleAt((lat + lat2) / 2);
  return Math.hypot((lon2 - lon) * kx, (lat2 - lat) * ky);
}

/** Metres from a place to the nearest point of paths of [lon, lat]; Infinity without any. */
export function distanceToPaths(paths, lon, lat) {
  const [kx, ky] = scaleAt(lat);
  let best = Infinity;
  let foot = null;
  for (const path of paths) {
    let [x0, y0] = [(path[0][0] - lon) * kx, (path[0][1] - lat) * ky];
    for (let i = 1; i < path.length; i += 1) {
      const [x1, y1] = [(path[i][0] - lon) * kx, (path[i][1] - lat) * ky];
      const [dx, dy] = [x1 - x0, y1 - y0];
      const share = Math.min(1, Math.max(0, -(x0 * dx + y0 * dy) / Math.max(dx * dx + dy * dy, 1e-12)));
      const [fx, fy] = [x0 + dx * share, y0 + dy * share];
      const squared = fx * fx + fy * fy;
      if (squared < best) {
        best = squared;
        foot = [lon + fx / kx, lat + fy / ky];
      }
      [x0, y0] = [x1, y1];
    }
  }
  return foot === null ? Infinity : distance(lon, lat, foot[0], foot[1]);
}

/** Whether polygons (rings of [lon, lat]) cover a place. */
export function covers(polygons, lon, lat) {
  return polygons.some((rings) => {
    let inside = false;
    for (const ring of rings) if (crossed(ring, lon, lat)) inside = !inside;
    return inside;
  });
}

function crossed(ring, lon, lat) {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if ((yi > lat) !== (yj > lat) && lon < (xj - xi) * (lat - yi) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

/** Metres from a place to the edge of what the ground knows; negative outside. */
function depth([west, south, east, north], lon, lat) {
  const [kx, ky] = scaleAt(lat);
  return Math.min((lon - west) * kx, (east - lon) * kx, (lat - south) * ky, (north - lat) * ky);
}

const cautious = (acts) => acts.reduce((worst, act) => (ORDER.indexOf(act) > ORDER.indexOf(worst) ? act : worst), "host");

/**
 * The answer for a place known to `accuracy` metres: {known, adcode, candidates, certain,
 * uncertainty_m, distance_to_line_m, line_id, zones, edges, side, may_act, answers}. `known` is false
 * beyond the ground of the kit; then nothing else is said. `answers` has one entry per side in
 * question, the likeliest first; `may_act` is what each of them allows.
 */
export function locate(ground, lon, lat, accuracy = 0) {
  const room = depth(ground.box, lon, lat);
  const covering = ground.units.filter((unit) => covers(unit.polygons, lon, lat));
  const stated = covering.length > 0 ? Math.max(...covering.map((unit) => unit.accuracy_m)) : ground.worst_accuracy_m;
  const uncertainty = stated + accuracy;
  if (room < uncertainty) return { known: false, uncertainty_m: uncertainty };
  const near = ground.units.filter((unit) => distanceToPaths(unit.outline, lon, lat) < uncertainty);
  const candidates = ground.units.filter((unit) => covering.includes(unit) || near.includes(unit)).map((unit) => unit.adcode);
  const adcode = covering[0]?.adcode ?? null;
  const zones = ground.zones.filter((zone) => zone.strips.some((strip) => covers(strip.polygons, lon, lat)));
  const edges = ground.zones.filter((zone) => distanceToPaths(zone.edge, lon, lat) < accuracy);
  const answers = inQuestion(adcode, candidates).map((code) => answerFor(ground, code, zones));
  return {
    known: true, adcode, candidates, uncertainty_m: uncertainty,
    certain: covering.length === 1 && near.length === 0,
    ...nearestLine(ground, lon, lat, room),
    zones: zones.map((zone) => zone.id), edges: edges.map((zone) => zone.id),
    side: sideOf(ground, adcode, zones), may_act: cautious(allActs(ground, answers, zones, edges)), answers,
  };
}

function inQuestion(adcode, candidates) {
  const others = candidates.filter((code) => code !== adcode);
  return adcode === null && others.length > 0 ? others : [adcode, ...others];
}

function allActs(ground, answers, zones, edges) {
  const acts = answers.map((answer) => answer.may_act);
  if (edges.length === 0) return acts;
  // Whether the place lies in these zones is not certain: what holds outside of them counts too.
  const sure = zones.filter((zone) => !edges.includes(zone));
  return [...acts, ...answers.map((answer) => answerFor(ground, answer.adcode, sure).may_act)];
}

function nearestLine(ground, lon, lat, room) {
  let best = { distance_to_line_m: null, line_id: null };
  for (const line of ground.lines) {
    const metres = distanceToPaths(line.paths, lon, lat);
    // Farther than the edge of the ground, an unknown line could be nearer.
    if (metres <= room && (best.line_id === null || metres < best.distance_to_line_m)) {
      best = { distance_to_line_m: metres, line_id: line.id };
    }
  }
  return best;
}

function answerFor(ground, adcode, zones) {
  const rules = ground.verdicts[adcode ?? ""];
  const joint = rules.inside.find((verdict) => zones.some((zone) => zone.id === verdict.zone_id));
  const { may_act, reason, clause, zone_id = null } = joint ?? rules.outside;
  return { adcode, may_act, reason, clause, zone_id, name: unitOf(ground, adcode)?.short_name ?? null, side: sideOf(ground, adcode, zones) };
}

/** The jurisdiction of a code, or undefined. */
export const unitOf = (ground, adcode) => ground.units.find((unit) => unit.adcode === adcode);

function sideOf(ground, adcode, zones) {
  if (adcode === null) return null;
  const { bureau_id: bureau } = unitOf(ground, adcode);
  if (bureau === null) return "other";
  if (bureau === ground.bureau_id) return "own";
  return zones.some((zone) => zone.party_ids.includes(bureau)) ? "partner" : "other";
}

/** Whether the agreements may have begun or ended since the kit was made: its verdicts no longer hold. */
export const outdated = (ground, nowMs) => ground.until !== null && nowMs >= Date.parse(ground.until);
