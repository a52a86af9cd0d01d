/**
 * Names beside units on the canvas: right of its unit, or left, below, above, where it covers neither
 * another name nor another unit. A name that finds no room is left out; the list has them all.
 */
const HEIGHT = 16; // px of a line of 12 px
const HALF = 9; // px, half a unit
const FONT = "12px system-ui, sans-serif";

/** Write the names of `single` units; the others `drawn` keep their room. The selected one comes first, lost ones next. */
export function writeNames(context, single, drawn, look, selected) {
  context.font = FONT;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  const taken = drawn.map((one) => ({ of: one, box: around(one, one.group ? 2 * HALF : HALF) }));
  const rank = (one) => (one.unit.key === selected ? 0 : one.look === "lost" ? 1 : 2);
  for (const one of single.toSorted((a, b) => rank(a) - rank(b))) {
    const text = one.words ?? one.unit.who.unit_name;
    const box = boxes(one, context.measureText(text).width).find((room) => !taken.some(({ of, box: other }) => of !== one && meet(room, other)));
    if (!box) continue;
    taken.push({ of: null, box });
    write(context, text, box, Math.max(one.strength, 0.7), look);
  }
}

const around = ({ x, y }, half) => ({ left: x - half, right: x + half, top: y - half, bottom: y + half });
const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const room = (left, middle, width) => ({ left, right: left + width, top: middle - HEIGHT / 2, bottom: middle + HEIGHT / 2 });

function boxes({ x, y, unit, look }, width) {
  const off = look === "fresh" && unit.heading !== null ? 20 : 15;
  return [room(x + off, y, width), room(x - off - width, y, width), room(x - width / 2, y + off + 5, width), room(x - width / 2, y - off - 5, width)];
}

function write(context, text, { left, top }, strength, look) {
  context.globalAlpha = strength;
  context.strokeStyle = look.ground;
  context.strokeText(text, left, top + HEIGHT / 2);
  context.fillStyle = look.text;
  context.fillText(text, left, top + HEIGHT / 2);
}
