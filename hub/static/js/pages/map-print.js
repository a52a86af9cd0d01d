/** The map on paper: one sheet of A4, upright or across, with title, legend, scale, north and source. */
import { el, fill, icon, party } from "../dom.js";
import { locale, t } from "../i18n.js";
import { pinIcon, styleFor } from "../mapstyle.js";

// Millimetres that the margins of print.css leave, less what title and legend take.
const SHEETS = { portrait: [180, 216], landscape: [266, 140] };
const PIXELS_PER_METRE = 96 / 0.0254; // CSS pixels
const SVG = "http://www.w3.org/2000/svg";

/** A small line or field in the style of a layer. */
function swatch(role, side = null) {
  const style = styleFor(role, side);
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 28 14", width: 28, height: 14, "aria-hidden": "true" })) svg.setAttribute(name, value);
  const shape = document.createElementNS(SVG, style.fillColor ? "rect" : "line");
  const place = style.fillColor ? { x: 2, y: 2, width: 24, height: 10 } : { x1: 2, y1: 7, x2: 26, y2: 7 };
  const look = {
    stroke: style.color, "stroke-width": style.weight ?? 2, "stroke-dasharray": style.dashArray ?? "none",
    fill: style.fillColor ?? "none", "fill-opacity": style.fillOpacity ?? 1,
  };
  for (const [name, value] of Object.entries({ ...place, ...look })) shape.setAttribute(name, String(value));
  svg.append(shape);
  return svg;
}

const pin = (symbol) => pinIcon({ symbol }).options.html;

/** What is drawn at the moment: [sign, words]. */
function entries(map, { sides, jurisdictions }) {
  const drawn = (name) => map.named.has(name) && map.map.hasLayer(map.named.get(name).shown ?? map.named.get(name).layer);
  const parties = jurisdictions.filter(({ adcode }) => sides[adcode])
    .map((place) => [null, party(place.bureau?.short_name ?? place.name, sides[place.adcode])]);
  return [
    ...parties,
    [swatch("line"), t("分界线")],
    drawn("zones") && [swatch("strip", "a"), t("联合执法区域")],
    drawn("patrols") && [swatch("plan"), t("巡查路线")],
    drawn("stations") && [pin("station"), t("联勤站")],
    drawn("cases") && [pin("case"), t("案件")],
  ].filter(Boolean);
}

/** How many metres of ground one metre of paper shows, in the middle of the map, to two digits. */
function scaleOf(map) {
  const middle = map.getSize().divideBy(2);
  const metres = map.distance(map.containerPointToLatLng(middle), map.containerPointToLatLng(middle.add([100, 0])));
  return Number(((metres / 100) * PIXELS_PER_METRE).toPrecision(2));
}

const grouped = (number) => number.toLocaleString("en");

/** Let the page print: options are read from the form, whoever asks for paper (button or browser). */
export function mountPrint(map, form, data) {
  const head = el("header", { class: "map-sheet__head" });
  const foot = el("footer", { class: "map-sheet__foot" });
  document.querySelector(".map-page").prepend(head);
  document.querySelector(".map-page").append(foot);
  const sheet = new CSSStyleSheet();
  let before = null;

  function prepare() {
    if (before) return;
    before = { center: map.map.getCenter(), zoom: map.map.getZoom(), bounds: map.map.getBounds(), snap: map.map.options.zoomSnap, retina: L.Browser.retina };
    const paper = form.elements.namedItem("paper").value;
    const [width, height] = SHEETS[paper];
    sheet.replaceSync(`@page { size: A4 ${paper}; margin: 14mm; }
      .map-page { display: block; } .map-page__map { width: ${width}mm; height: ${height}mm; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    map.map.options.zoomSnap = 0; // the same ground, whatever the shape of the sheet
    L.Browser.retina = true; // twice the pixels: paper is finer than a screen
    map.map.invalidateSize({ animate: false, pan: false });
    map.map.fitBounds(before.bounds, { animate: false });
    fill(head, el("h1", {}, form.elements.namedItem("title").value.trim() || t("联防地图")),
      el("p", {}, t("打印于 {at}", { at: new Date().toLocaleString(locale, { timeZone: "Asia/Shanghai" }) })));
    fill(foot, el("ul", { class: "map-sheet__legend" }, entries(map, data).map(([sign, words]) => el("li", {}, sign, " ", words))),
      el("p", { class: "map-sheet__facts" }, el("span", { class: "map-sheet__north" }, icon("up"), t("北")),
        t("比例约 1:{n}", { n: grouped(scaleOf(map.map)) }), " · ", t("坐标系 WGS 84；界线供规划和演示，不作法定依据")));
  }

  function restore() {
    if (!before) return;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    map.map.options.zoomSnap = before.snap;
    L.Browser.retina = before.retina;
    map.map.invalidateSize({ animate: false, pan: false });
    map.map.setView(before.center, before.zoom, { animate: false });
    before = null;
  }

  window.addEventListener("beforeprint", prepare);
  window.addEventListener("afterprint", restore);
  // What is drawn while the browser already prints may be missing on paper: draw, show, then print.
  const print = () => {
    prepare();
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => window.print())));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    print();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "p") return;
    event.preventDefault();
    print();
  });
}
