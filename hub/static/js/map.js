/**
 * Maps. A page loads /assets/leaflet/leaflet.js as a classic script first (macro `leaflet`), so `L` is
 * there. Positions are lon, lat in WGS 84 everywhere outside Leaflet itself.
 */
import { get } from "./api.js";
import { el, icon, named } from "./dom.js";
import { fitPaper } from "./map-paper.js";
import { t, tn } from "./i18n.js";
import { namedLayers, pickKeys, tellKeys } from "./map-keys.js";
import { copyText } from "./menus.js";
import { pinIcon, sideOf, styleFor } from "./mapstyle.js";
import { toast } from "./toasts.js";

const BASEMAP_URL = "/api/v1/basemap";
const LABEL_ZOOM = 8;
const MAX_FIT_ZOOM = 16;

/**
 * Make a map in an element.
 *
 * Options: bounds [west, south, east, north] or GeoJSON bbox; sides {adcode: "a"|"b"} tints those
 * jurisdictions; label (accessible name); readout and layersControl (both on by default); basemap
 * (GeoJSON; asked of the hub if absent).
 * Returns {map, ready, addLayer, addPin, removeLayer, fit, onPick, readout}; `ready` resolves when
 * the basemap is drawn.
 */
export function createMap(element, options = {}) {
  const { bounds = null, sides = {}, label = t("地图"), readout = true, layersControl = true } = options;
  element.classList.add("map");
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", label);
  const map = L.map(element, { preferCanvas: true, zoomControl: false, attributionControl: true, maxZoom: 19 });
  map.attributionControl.setPrefix(false);
  map.createPane("basemap").style.zIndex = 210;
  map.setView([30.87, 120.43], 10);
  tellKeys(map);
  const layers = layersControl ? namedLayers(L.control.layers(null, null, { position: "topright" })) : null;
  const handle = { map, layers, named: new Map(), home: null, picks: new Set() };
  addControls(handle, readout);
  addTiles(handle);
  if (bounds) fitTo(handle, bounds);
  handle.ready = addBasemap(handle, sides, options.basemap);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => restyle(handle));
  // The page of the map has a sheet of its own.
  if (document.body.dataset.page !== "map") fitPaper(element);
  // A map that was made in a hidden tab or a closed sheet learns its size when it shows.
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(element);
  return Object.assign(handle, {
    addLayer: (name, data, style) => addLayer(handle, name, data, style),
    addPin: (lon, lat, pin) => addPin(handle, lon, lat, pin),
    removeLayer: (name) => removeLayer(handle, name),
    fit: (target) => fitTo(handle, target ?? handle.home),
    onPick: (fn, how) => onPick(handle, fn, how),
  });
}

function addControls(handle, readout) {
  const { map } = handle;
  L.control.zoom({ zoomInTitle: t("放大"), zoomOutTitle: t("缩小") }).addTo(map);
  button(map, "fit", t("回到全图"), () => fitTo(handle, handle.home));
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  if (readout) addReadout(map);
}

function button(map, symbol, title, onclick) {
  const control = new L.Control({ position: "topleft" });
  control.onAdd = () => {
    const link = el("a", { href: "#", role: "button", title, "aria-label": title }, icon(symbol));
    const bar = el("div", { class: "leaflet-bar" }, link);
    L.DomEvent.disableClickPropagation(bar);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      onclick();
    });
    return bar;
  };
  control.addTo(map);
}

/** "120.435120, 30.873210": as GIS programs take it. */
export function formatLonLat(lon, lat) {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}

function addReadout(map) {
  const control = new L.Control({ position: "bottomleft" });
  control.onAdd = () => {
    const output = el("output", { "aria-label": t("坐标（经度, 纬度）") });
    const show = ({ lng, lat }) => { output.textContent = formatLonLat(lng, lat); };
    map.on("mousemove", (event) => show(event.latlng));
    map.on("moveend", () => show(map.getCenter())); // the keyboard's pointer is the centre
    map.on("click", (event) => show(event.latlng));
    show(map.getCenter());
    const title = t("复制坐标");
    const node = el("div", { class: "map-readout" }, output,
      el("button", { class: "btn btn--icon", type: "button", title, "aria-label": title,
        onclick: () => copyText(output.textContent) }, icon("copy")));
    L.DomEvent.disableClickPropagation(node);
    return node;
  };
  control.addTo(map);
}

function addTiles({ map, layers }) {
  const url = document.body.dataset.basemapUrl;
  if (!url) return;
  const tiles = L.tileLayer(url, { maxZoom: 19, crossOrigin: false }).addTo(map);
  layers?.addOverlay(tiles, t("底图瓦片"));
  layers?.addTo(map);
}

async function addBasemap(handle, sides, given = null) {
  const { map } = handle;
  const answer = given ?? await get(BASEMAP_URL).catch(() => null);
  if (answer === null) {
    toast(t("底图未能加载，图层仍可使用。"), "warn");
    return null;
  }
  const tiled = Boolean(document.body.dataset.basemapUrl);
  const style = (feature) => {
    const isLine = feature.properties.kind === "line" || /LineString/.test(feature.geometry?.type);
    const path = isLine ? styleFor("line") : styleFor("jurisdiction", sides[feature.properties.adcode] ?? null);
    return tiled && !isLine ? { ...path, fillOpacity: 0 } : path;
  };
  const layer = L.geoJSON(answer, {
    pane: "basemap", renderer: L.canvas({ pane: "basemap", padding: 0.5 }), interactive: false, style,
    onEachFeature: (feature, part) => labelJurisdiction(feature, part, sides),
    attribution: named(answer.attribution ?? ""),
  }).addTo(map);
  handle.named.set("basemap", { layer, style });
  showLabelsByZoom(map, layer);
  // Whoever asked for a view before the basemap came keeps it.
  if (answer.features.length > 0 && handle.home === null) fitTo(handle, layer.getBounds());
  return layer;
}

function labelJurisdiction(feature, part, sides) {
  const { name, adcode, kind } = feature.properties;
  if (!name || kind === "line" || !/Polygon/.test(feature.geometry?.type)) return;
  const side = sides[adcode];
  part.bindTooltip(el("span", {}, named(name)), {
    permanent: true, direction: "center", className: `map-label${side ? ` map-label--${side}` : ""}`,
  });
}

function showLabelsByZoom(map, layer) {
  const update = () => layer.eachLayer((part) => {
    if (!part.getTooltip()) return;
    if (map.getZoom() >= LABEL_ZOOM) part.openTooltip();
    else part.closeTooltip();
  });
  map.on("zoomend", update);
  update();
}

/**
 * Draw GeoJSON under a name; the same name replaces the layer.
 *
 * Options: role (see mapstyle.js) or roleOf(feature); side or sideOf(feature) (otherwise the
 * feature's side property); pin(feature) → {side, symbol, live, alert} for points; popup(feature) →
 * node or text; onClick(feature, layer); label (entry in the layer control); shown (default true);
 * cluster (needs markercluster). A point that the server counted (properties `cluster`, `count`) is
 * drawn as a number; pressing it goes nearer.
 */
export function addLayer(handle, name, data, options = {}) {
  removeLayer(handle, name);
  const style = (feature) => styleFor(options.roleOf?.(feature) ?? options.role ?? "plain", featureSide(feature, options));
  const layer = L.geoJSON(data, {
    style,
    pointToLayer: (feature, place) => pointMarker(feature, place, options),
    onEachFeature: (feature, part) => connectFeature(handle, feature, part, options),
  });
  const shown = options.cluster && L.markerClusterGroup ? clusters().addLayer(layer) : layer;
  if (options.shown !== false) shown.addTo(handle.map);
  handle.named.set(name, { layer, style, shown });
  if (options.label && handle.layers) {
    handle.layers.addOverlay(shown, escapeText(options.label));
    handle.layers.addTo(handle.map);
  }
  return layer;
}

const featureSide = (feature, options) => options.sideOf?.(feature) ?? options.side ?? sideOf(feature);

/** Groups of points; one that holds an alert is marked, so that nothing red hides in a number. */
function clusters() {
  const plain = L.MarkerClusterGroup.prototype._defaultIconCreateFunction;
  return L.markerClusterGroup({
    maxClusterRadius: 40,
    iconCreateFunction(cluster) {
      const made = plain.call(this, cluster);
      const alert = cluster.getAllChildMarkers().some(({ options }) => options.alert);
      if (alert) made.options.className += " marker-cluster--alert";
      made.options.html = counted(cluster.getChildCount());
      return made;
    },
  });
}

/** A number for the eye, and what it means for who hears it. */
const counted = (count) => el("div", {}, el("span", { "aria-hidden": "true" }, String(count)), el("span", { class: "visually-hidden" }, tn("{n}项，放大查看", { n: count })));

/** A cell that the server counted, in the look of the groups that the page makes itself. */
function countedMarker({ properties }, place) {
  const { count } = properties;
  const size = count < 10 ? "small" : count < 100 ? "medium" : "large";
  const title = tn("{n}项，放大查看", { n: count });
  const marker = L.marker(place, {
    icon: L.divIcon({
      html: counted(count),
      className: `marker-cluster marker-cluster-${size}`, iconSize: [40, 40],
    }),
    title, alt: title, keyboard: true,
  });
  return marker.on("click", ({ target }) => {
    target._map.setView(place, Math.min(target._map.getZoom() + 2, target._map.getMaxZoom()));
  });
}

function pointMarker(feature, place, options) {
  if (feature.properties?.cluster) return countedMarker(feature, place);
  const side = featureSide(feature, options);
  const { name, title: heading, number } = feature.properties ?? {};
  const title = named(name ?? heading ?? number ?? "");
  const pin = { side, ...options.pin?.(feature) };
  return L.marker(place, { icon: pinIcon(pin), alert: Boolean(pin.alert), title, alt: title, keyboard: true });
}

function connectFeature(handle, feature, part, { popup, onClick }) {
  if (feature.properties?.cluster) return;
  if (popup && part instanceof L.Marker) part.bindPopup(() => asNode(popup(feature)));
  else if (popup) part.on("click", (event) => tellOfArea(handle, event, () => asNode(popup(feature))));
  if (onClick) part.on("click", () => { if (!draws(handle)) onClick(feature, part); });
}

/** Whether a press on the map draws, so that it is not for what lies there. */
const draws = ({ map }) => Boolean(map.pm?.globalDrawModeEnabled());

/** A press on an area or a line tells of it, unless the press is meant to choose a place there. */
function tellOfArea(handle, event, content) {
  const { map, picks } = handle;
  if (picks.size > 0 || draws(handle)) return;
  L.DomEvent.stop(event);
  L.popup().setLatLng(event.latlng).setContent(content()).openOn(map);
}

// Leaflet takes strings as markup: what a user typed must go in as a node.
const asNode = (value) => (value instanceof Node ? value : el("div", {}, value));

function escapeText(text) {
  const node = document.createElement("span");
  node.textContent = text;
  return node.innerHTML;
}

/** A single marker; pin {side, symbol, live, alert, title, popup, draggable}. Returns the L.Marker. */
export function addPin(handle, lon, lat, pin = {}) {
  const marker = L.marker([lat, lon], {
    icon: pinIcon(pin), title: pin.title ?? "", alt: pin.title ?? "", draggable: pin.draggable ?? false,
  });
  if (pin.popup) marker.bindPopup(() => asNode(pin.popup));
  return marker.addTo(handle.map);
}

/** Take a named layer away. */
export function removeLayer(handle, name) {
  const entry = handle.named.get(name);
  if (!entry) return;
  (entry.shown ?? entry.layer).remove();
  handle.layers?.removeLayer(entry.shown ?? entry.layer);
  handle.named.delete(name);
}

/** Show [west, south, east, north], a Leaflet layer or bounds, or the home view. */
function fitTo(handle, target) {
  if (!target) return;
  const box = Array.isArray(target) && target.length === 4
    ? L.latLngBounds([target[1], target[0]], [target[3], target[2]])
    : target.getBounds?.() ?? L.latLngBounds(target);
  if (!box.isValid()) return;
  handle.home ??= box;
  handle.map.fitBounds(box, { padding: [24, 24], maxZoom: MAX_FIT_ZOOM, animate: false });
}

/**
 * Call fn({lon, lat}) on a press (not one that draws), or for the centre on Enter. Returns a function that stops it.
 * `through`: also where a pin or a corner stands: nothing on the map takes the press meanwhile.
 */
function onPick(handle, fn, { through = false } = {}) {
  const { map } = handle;
  const click = (event) => {
    if (!draws(handle)) fn({ lon: event.latlng.lng, lat: event.latlng.lat });
  };
  const enter = (event) => {
    if (event.originalEvent.key !== "Enter" || event.originalEvent.target !== map.getContainer()) return;
    fn({ lon: map.getCenter().lng, lat: map.getCenter().lat });
  };
  map.on("click", click).on("keydown", enter);
  handle.picks.add(click);
  if (through) map.getContainer().dataset.picking = "1";
  tellKeys(map, pickKeys());
  return () => {
    handle.picks.delete(click);
    if (through) delete map.getContainer().dataset.picking;
    map.off("click", click).off("keydown", enter);
    tellKeys(map);
  };
}

function restyle({ named }) {
  for (const { layer, style } of named.values()) layer.setStyle(style);
}
