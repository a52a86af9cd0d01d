/**
 * Two routes that were made of one: merged corner by corner where nobody touched what the other touched.
 * Routes are lists of [lon, lat].
 */
const MOST = 2_000;
const key = (place) => place.join();
const same = (a, b) => a.length === b.length && a.every((place, index) => key(place) === key(b[index]));

/** The merged route, or null where both changed the same stretch otherwise. */
export function mergeRoutes(base, mine, theirs) {
  if (Math.max(base.length, mine.length, theirs.length) > MOST) return null;
  const inMine = matches(base, mine);
  const inTheirs = matches(base, theirs);
  const merged = [];
  let at = { base: 0, mine: 0, theirs: 0 };
  while (at.base < base.length || at.mine < mine.length || at.theirs < theirs.length) {
    let next = at.base;
    while (next < base.length && !(inMine[next] >= at.mine && inTheirs[next] >= at.theirs)) next += 1;
    const end = next < base.length ? { base: next, mine: inMine[next], theirs: inTheirs[next] } : { base: base.length, mine: mine.length, theirs: theirs.length };
    const part = settled(base.slice(at.base, end.base), mine.slice(at.mine, end.mine), theirs.slice(at.theirs, end.theirs));
    if (part === null) return null;
    merged.push(...part);
    if (next < base.length) merged.push(base[next]);
    at = { base: end.base + 1, mine: end.mine + 1, theirs: end.theirs + 1 };
  }
  return merged;
}

/** A stretch between corners that all three have. */
function settled(base, mine, theirs) {
  if (same(base, mine)) return theirs;
  if (same(base, theirs) || same(mine, theirs)) return mine;
  if (mine.length !== base.length || theirs.length !== base.length) return null;
  const corners = base.map((place, index) => settledCorner(key(place), mine[index], theirs[index]));
  return corners.includes(null) ? null : corners;
}

function settledCorner(was, mine, theirs) {
  if (key(mine) === was) return theirs;
  return key(theirs) === was || key(mine) === key(theirs) ? mine : null;
}

/** For each corner of `base` where it stands in `other` (the longest common sequence), or -1. */
function matches(base, other) {
  const a = base.map(key);
  const b = other.map(key);
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
  }
  const found = new Array(a.length).fill(-1);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) { found[i] = j; i += 1; j += 1; } else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
    else j += 1;
  }
  return found;
}
