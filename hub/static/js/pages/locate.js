/**
 * "Whose side is this, may I act here?": a panel beside a map. The phone's place, a pressed point or
 * typed coordinates go to GET /api/v1/locate; the answer is shown as a card and a circle of error.
 */
import { get } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { currentPosition } from "../geolocate.js";
import { t } from "../i18n.js";
import { styleFor } from "../mapstyle.js";
import { openPanel } from "../menus.js";
import { parseCoordinates } from "./locate-coordinates.js";
import { resultCard } from "./locate-result.js";

/**
 * Build the panel in `host` for a map of createMap().
 *
 * Returns {ask(lon, lat, {accuracy, datum}), clear(), stop()}; `stop` also ends picking on the map.
 */
export function mountLocate(map, host) {
  const panel = { map, marks: [], asked: 0, ...parts() };
  fill(host, panel.root);
  panel.here.addEventListener("click", () => useOwnPlace(panel));
  panel.form.addEventListener("submit", (event) => {
    event.preventDefault();
    useTyped(panel);
  });
  const stopPicking = map.onPick(({ lon, lat }) => ask(panel, lon, lat));
  return {
    ask: (lon, lat, options) => ask(panel, lon, lat, options),
    clear: () => clear(panel),
    stop() {
      stopPicking();
      clear(panel);
      fill(host);
    },
  };
}

function parts() {
  const here = el("button", { class: "btn btn--primary btn--wide", type: "button" }, icon("locate"), t("用我的位置"));
  const typed = el("input", { class: "input", id: "locate-typed", name: "typed", autocomplete: "off", inputmode: "text",
    placeholder: "120.3538, 30.8938", "aria-describedby": "locate-hint locate-error" });
  const shifted = el("input", { type: "checkbox", id: "locate-gcj" });
  const error = el("span", { class: "field__error", id: "locate-error", role: "alert" });
  const result = el("div", { class: "locate-result", "aria-live": "polite" });
  const form = el("form", { class: "form", novalidate: true },
    el("div", { class: "field" },
      el("label", { class: "field__label", for: "locate-typed" }, t("坐标")), typed,
      el("span", { class: "field__hint", id: "locate-hint" }, t("经度, 纬度；度分秒也可以")), error),
    el("label", { class: "check" }, shifted, el("span", {}, t("来自高德、腾讯地图（GCJ-02）"))),
    el("button", { class: "btn", type: "submit" }, icon("search"), t("查询")));
  const root = el("div", { class: "stack" }, here,
    el("p", { class: "muted small" }, t("或在地图上点一下要查的地方。")), result,
    el("details", {}, el("summary", {}, t("输入坐标查询")), form));
  return { root, here, typed, shifted, error, form, result };
}

async function useOwnPlace(panel) {
  panel.here.setAttribute("aria-busy", "true");
  fill(panel.error);
  try {
    const { lon, lat, accuracy_m: accuracy } = await currentPosition();
    await ask(panel, lon, lat, { accuracy, show: true });
  } catch (problem) {
    say(panel, problem);
  } finally {
    panel.here.removeAttribute("aria-busy");
  }
}

async function useTyped(panel) {
  fill(panel.error);
  try {
    const { lon, lat, swapped } = parseCoordinates(panel.typed.value);
    const datum = panel.shifted.checked ? "gcj02" : "wgs84";
    await ask(panel, lon, lat, { datum, show: true });
    if (swapped) fill(panel.error, t("已按“纬度, 经度”读取。"));
  } catch (problem) {
    clear(panel); // An answer to an earlier question must not stand beside what was typed now.
    fill(panel.error, problem.message);
    panel.typed.focus();
  }
}

function say(panel, problem) {
  fill(panel.result, el("div", { class: "notice notice--danger", role: "alert" }, icon("error"),
    el("div", {}, problem.message)));
}

async function ask(panel, lon, lat, { accuracy = null, datum = "wgs84", show = false } = {}) {
  const turn = ++panel.asked;
  const query = new URLSearchParams({ lon: lon.toFixed(7), lat: lat.toFixed(7), datum });
  if (accuracy !== null) query.set("accuracy_m", String(Math.round(accuracy * 10) / 10));
  panel.result.setAttribute("aria-busy", "true");
  try {
    const answer = await get(`/api/v1/locate?${query}`);
    if (turn !== panel.asked) return; // A later question was asked meanwhile.
    fill(panel.result, resultCard(answer));
    openPanel(true);
    mark(panel, answer, show);
  } catch (problem) {
    if (turn !== panel.asked) return;
    clearMarks(panel);
    say(panel, problem);
  } finally {
    panel.result.removeAttribute("aria-busy");
  }
}

function mark(panel, answer, show) {
  clearMarks(panel);
  const { lon, lat } = answer;
  const circle = L.circle([lat, lon], { radius: answer.uncertainty_m, interactive: false, ...styleFor("uncertainty") });
  const side = answer.certain ? { own: "a", partner: "b" }[answer.side] ?? null : null;
  const pin = panel.map.addPin(lon, lat, { side, symbol: "pin", title: t("所查位置") });
  panel.marks.push(circle.addTo(panel.map.map), pin);
  if (show) {
    const box = L.latLng(lat, lon).toBounds(Math.max(4 * answer.uncertainty_m, 2000));
    panel.map.map.fitBounds(box, { paddingBottomRight: [0, covered(panel)] });
  }
}

/** How much of the map, in pixels from below, the phone's sheet covers once it is open. */
function covered({ map, root }) {
  const sheet = root.closest(".map-page__panel");
  if (!sheet) return 0;
  const below = map.map.getContainer().getBoundingClientRect();
  const above = sheet.getBoundingClientRect();
  return above.left > below.left ? 0 : Math.max(0, Math.min(below.bottom - above.top, below.height * 0.7));
}

function clearMarks(panel) {
  for (const layer of panel.marks.splice(0)) layer.remove();
}

function clear(panel) {
  panel.asked += 1;
  clearMarks(panel);
  fill(panel.result);
}
