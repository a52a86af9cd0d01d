/**
 * Drawing a line, an area or a point on a map from map.js. Thin over Geoman (macro leaflet(draw=true)),
 * with our own buttons, so that words, keys and undo are ours.
 */
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { token } from "./mapstyle.js";

const SHAPES = {
  line: { pm: "Line", symbol: "line", label: t("画线") },
  area: { pm: "Polygon", symbol: "polygon", label: t("画面") },
  point: { pm: "Marker", symbol: "pin", label: t("标点") },
};

/**
 * Give a map handle drawing buttons. Options: shapes (of "line", "area", "point"), onChange(geometry
 * or null), host (element for the buttons; the map's own box by default).
 * Returns {draw(shape), undo(), clear(), value(), set(geometry), stop()}. Geometry is GeoJSON, lon lat.
 */
export function createDrawer(handle, { shapes = ["line"], onChange = () => {}, host = null } = {}) {
  const { map } = handle;
  const drawer = { map, layer: null, history: [], shape: null, onChange, buttons: {} };
  const path = { color: token("--accent"), weight: 3.5, fillOpacity: 0.12 };
  map.pm.setGlobalOptions({ pathOptions: path, templineStyle: path, hintlineStyle: { ...path, dashArray: "5 6" }, tooltips: false, snapDistance: 12 });
  (host ?? map.getContainer().parentElement).append(toolbar(drawer, shapes));
  map.on("pm:create", ({ layer }) => finish(drawer, layer));
  map.on("pm:drawend", () => showState(drawer));
  // Geoman's handles are focusable buttons without a name.
  map.on("layeradd", ({ layer }) => {
    if (layer._icon?.classList.contains("marker-icon")) layer._icon.setAttribute("aria-label", t("折点"));
  });
  map.getContainer().addEventListener("keydown", (event) => onKey(drawer, event));
  const api = {
    draw: (shape) => draw(drawer, shape), undo: () => undo(drawer), clear: () => clear(drawer),
    value: () => value(drawer), set: (geometry) => set(drawer, geometry), stop: () => map.pm.disableDraw(),
  };
  showState(drawer);
  return api;
}

function toolbar(drawer, shapes) {
  const make = (symbol, text, onclick) =>
    el("button", { class: "btn btn--small", type: "button", onclick }, icon(symbol), el("span", {}, text));
  for (const shape of shapes) {
    drawer.buttons[shape] = make(SHAPES[shape].symbol, SHAPES[shape].label, () => draw(drawer, shape));
  }
  drawer.undoButton = make("undo", t("撤销"), () => undo(drawer));
  drawer.clearButton = make("delete", t("清除"), () => clear(drawer));
  drawer.hint = el("span", { class: "map-tools__hint", role: "status" });
  return el("div", { class: "map-tools", role: "toolbar", "aria-label": t("绘图工具") },
    Object.values(drawer.buttons), drawer.undoButton, drawer.clearButton, drawer.hint);
}

function onKey(drawer, event) {
  if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    undo(drawer);
  }
  if (event.key === "Escape") drawer.map.pm.disableDraw();
}

function draw(drawer, shape) {
  const { map } = drawer;
  if (drawer.shape === shape) return map.pm.disableDraw();
  map.pm.disableDraw();
  drawer.shape = shape;
  map.pm.enableDraw(SHAPES[shape].pm, { finishOn: shape === "line" ? "dblclick" : undefined });
  return showState(drawer);
}

function finish(drawer, layer) {
  remember(drawer);
  replace(drawer, layer);
  drawer.map.pm.disableDraw();
  changed(drawer);
}

function replace(drawer, layer) {
  drawer.layer?.remove();
  drawer.layer = layer;
  if (!layer) return;
  layer.pm.enable({ allowSelfIntersection: false });
  let before = value(drawer);
  layer.on("pm:edit pm:markerdragend pm:dragend", () => {
    const now = value(drawer);
    if (JSON.stringify(now) === JSON.stringify(before)) return;
    drawer.history.push(before);
    before = now;
    changed(drawer);
  });
}

const remember = (drawer) => drawer.history.push(value(drawer));

/** Take back the last vertex while drawing, else the last change. */
function undo(drawer) {
  const active = drawer.map.pm.globalDrawModeEnabled() && drawer.map.pm.Draw[SHAPES[drawer.shape].pm];
  if (active?._removeLastVertex && active._layer?.getLatLngs().flat(2).length > 0) {
    active._removeLastVertex();
  } else if (drawer.history.length > 0) {
    place(drawer, drawer.history.pop());
    changed(drawer);
  }
}

function clear(drawer) {
  drawer.map.pm.disableDraw();
  if (!drawer.layer) return;
  remember(drawer);
  replace(drawer, null);
  changed(drawer);
}

/** Put a geometry in to be edited, or null; history begins anew. */
function set(drawer, geometry) {
  drawer.history = [];
  place(drawer, geometry);
  changed(drawer);
}

function place(drawer, geometry) {
  if (!geometry) return replace(drawer, null);
  const [layer] = L.geoJSON(geometry).getLayers();
  layer.setStyle?.({ color: token("--accent"), weight: 3.5 });
  return replace(drawer, layer.addTo(drawer.map));
}

const value = ({ layer }) => layer?.toGeoJSON(7).geometry ?? null;

function changed(drawer) {
  showState(drawer);
  drawer.onChange(value(drawer));
}

function showState(drawer) {
  const drawing = drawer.map.pm.globalDrawModeEnabled();
  if (!drawing) drawer.shape = null;
  for (const [shape, node] of Object.entries(drawer.buttons)) {
    node.setAttribute("aria-pressed", String(drawing && shape === drawer.shape));
  }
  drawer.undoButton.disabled = !drawing && drawer.history.length === 0;
  drawer.clearButton.disabled = !drawer.layer;
  drawer.hint.textContent = hint(drawing, drawer.shape);
}

function hint(drawing, shape) {
  if (!drawing) return "";
  return { line: t("逐点点击，双击结束"), area: t("逐点点击，点回起点结束"), point: t("点击地图标点") }[shape] ?? "";
}
