/**
 * Thousands of units on one canvas. Moving the map moves the canvas as a whole; it is drawn when
 * units moved, when they aged, and when the map has come to rest. Units that would lie upon each
 * other are drawn as one number, red at the edge when one of them is lost.
 */
import { styleFor, token } from "./mapstyle.js";
import { writeNames } from "./units-names.js";

const CELL = 44; // px: within it units are one number
const ALWAYS_FROM = 17; // zoom from which each unit is drawn, however close
const REACH = 14; // px from a unit's middle that still mean it
const NAMES = 40; // at most so many names beside their units
const SIZE = 20;

let Layer = null;

/**
 * The layer, on `map`. `source()` gives [{unit, look, strength}]; `selected()` the key of one or null.
 * Returns an L.Layer with redraw() and at(point) → {unit} or {group: [units]} or null.
 */
export function unitsCanvas(source, selected) {
  Layer ??= define();
  return new Layer(source, selected);
}

function define() {
  return L.Renderer.extend({
    options: { padding: 0.25, pane: "units" },
    initialize(source, selected) {
      L.Renderer.prototype.initialize.call(this, {});
      Object.assign(this, { source, selected, drawn: [] });
    },
    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.className = "units-canvas";
      this._container.setAttribute("aria-hidden", "true");
      this._context = this._container.getContext("2d");
    },
    _destroyContainer() {
      cancelAnimationFrame(this._frame);
      this._container.remove();
      delete this._container;
    },
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const scale = window.devicePixelRatio || 1;
      L.DomUtil.setPosition(this._container, this._bounds.min);
      if (this._container.width !== Math.round(size.x * scale) || this._container.height !== Math.round(size.y * scale)) {
        this._container.width = Math.round(size.x * scale);
        this._container.height = Math.round(size.y * scale);
        this._container.style.width = `${size.x}px`;
        this._container.style.height = `${size.y}px`;
      }
      this._context.setTransform(scale, 0, 0, scale, -this._bounds.min.x * scale, -this._bounds.min.y * scale);
      this.fire("update");
      this._draw();
    },
    _updatePaths() {},
    /** Draw in the next frame, however often it is asked for. */
    redraw() {
      if (!this._map || this._frame) return;
      this._frame = requestAnimationFrame(() => {
        this._frame = 0;
        if (this._map && !this._map._animatingZoom) this._draw();
      });
    },
    _draw() {
      if (!this._bounds) return;
      const { min, max } = this._bounds;
      this._context.clearRect(min.x, min.y, max.x - min.x, max.y - min.y);
      this.drawn = grouped(this._visible(min, max), this._map.getZoom(), this.selected());
      paint(this._context, this.drawn, this._map, this.selected());
    },
    _visible(min, max) {
      const found = [];
      for (const one of this.source()) {
        const { x, y } = this._map.latLngToLayerPoint([one.unit.lat, one.unit.lon]);
        if (x > min.x - CELL && x < max.x + CELL && y > min.y - CELL && y < max.y + CELL) found.push({ ...one, x, y });
      }
      return found;
    },
    /** What lies under a point of the layer. */
    at(point) {
      let best = null;
      let nearest = REACH;
      for (const one of this.drawn) {
        const far = Math.hypot(one.x - point.x, one.y - point.y);
        if (far <= nearest) [best, nearest] = [one, far];
      }
      return best;
    },
  });
}

/** Units, each by itself or as one of a cell with several; the selected one always by itself. */
function grouped(visible, zoom, selected) {
  if (zoom >= ALWAYS_FROM) return visible;
  const cells = new Map();
  const alone = [];
  for (const one of visible) {
    if (one.unit.key === selected) {
      alone.push(one);
      continue;
    }
    const cell = `${Math.floor(one.x / CELL)} ${Math.floor(one.y / CELL)}`;
    if (cells.has(cell)) cells.get(cell).push(one);
    else cells.set(cell, [one]);
  }
  return [...[...cells.values()].map((members) => (members.length > 1 ? groupOf(members) : members[0])), ...alone];
}

function groupOf(members) {
  const middle = (name) => members.reduce((sum, one) => sum + one[name], 0) / members.length;
  return { x: middle("x"), y: middle("y"), group: members, lost: members.some(({ look }) => look === "lost") };
}

function paint(context, drawn, map, selected) {
  const look = colours();
  const metre = metresToPixels(map);
  const single = drawn.filter((one) => one.unit);
  for (const one of single) circle(context, one, one.unit.accuracy * metre, look);
  for (const one of drawn) if (one.group) number(context, one, look);
  for (const one of single) symbol(context, one, look, one.unit.key === selected);
  if (single.length <= NAMES) writeNames(context, single, drawn, look, selected);
  context.globalAlpha = 1;
}

const colours = () => ({
  a: token("--party-a"), b: token("--party-b"), ground: token("--surface"), text: token("--text"),
  muted: token("--text-2"), danger: token("--danger"), uncertain: styleFor("uncertainty"),
});

function metresToPixels(map) {
  const { lat } = map.getCenter();
  return (256 * 2 ** map.getZoom()) / (2 * Math.PI * 6_378_137 * Math.cos((lat * Math.PI) / 180));
}

function circle(context, { x, y, strength }, radius, { uncertain }) {
  if (!(radius > SIZE / 2)) return;
  context.globalAlpha = strength;
  context.setLineDash([4, 4]);
  context.lineWidth = uncertain.weight;
  context.strokeStyle = uncertain.color;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  context.globalAlpha = strength * uncertain.fillOpacity;
  context.fillStyle = uncertain.color;
  context.fill();
  context.setLineDash([]);
}

/** Own side round, the other square; the arrow points whither it goes; lost crossed, paused barred. */
function symbol(context, { x, y, unit, look, strength }, tone, isSelected) {
  const half = SIZE / 2 - 2;
  context.globalAlpha = strength;
  const colour = tone[unit.who.side] ?? tone.muted;
  if (look === "fresh" && unit.heading !== null) arrow(context, x, y, unit.heading, colour);
  context.beginPath();
  if (unit.who.side === "a") context.arc(x, y, half, 0, 2 * Math.PI);
  else context.rect(x - half + 1, y - half + 1, 2 * half - 2, 2 * half - 2);
  context.fillStyle = look === "fresh" || look === "old" ? colour : tone.ground;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = look === "lost" ? tone.danger : look === "paused" ? colour : tone.ground;
  context.stroke();
  if (look === "lost") strokes(context, [[x - 3, y - 3, x + 3, y + 3], [x - 3, y + 3, x + 3, y - 3]]);
  if (look === "paused") strokes(context, [[x - 2.5, y - 3, x - 2.5, y + 3], [x + 2.5, y - 3, x + 2.5, y + 3]]);
  if (isSelected) {
    context.globalAlpha = 1;
    context.strokeStyle = tone.text;
    context.beginPath();
    context.arc(x, y, half + 5, 0, 2 * Math.PI);
    context.stroke();
  }
}

function strokes(context, lines) {
  context.beginPath();
  for (const [x1, y1, x2, y2] of lines) {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  }
  context.stroke();
}

function arrow(context, x, y, heading, colour) {
  const [sin, cos] = [Math.sin(heading), -Math.cos(heading)];
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x + sin * 16, y + cos * 16);
  context.lineTo(x + sin * 8 - cos * 6, y + cos * 8 + sin * 6);
  context.lineTo(x + sin * 8 + cos * 6, y + cos * 8 - sin * 6);
  context.fill();
}

function number(context, { x, y, group, lost }, look) {
  const radius = group.length < 10 ? 13 : group.length < 100 ? 15 : 18;
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = look.ground;
  context.fill();
  context.lineWidth = lost ? 3 : 2;
  context.strokeStyle = lost ? look.danger : look.muted;
  context.stroke();
  context.fillStyle = look.text;
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(group.length), x, y);
}
