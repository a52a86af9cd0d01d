/** A new case: press the map, and learn at once whose ground it is. */
import { get } from "../api.js";
import { el, fill, icon, pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { currentPosition } from "../geolocate.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { sides, bounds } = pageData();
const form = document.getElementById("case-form");
const verdict = document.getElementById("verdict");
const map = createMap(document.getElementById("map"), { bounds, sides, label: t("选择地点"), readout: false });
let pin = null;

function place({ lon, lat }) {
  form.elements.lon.value = lon.toFixed(6);
  form.elements.lat.value = lat.toFixed(6);
  form.dispatchEvent(new Event("input"));
  mark(lon, lat);
}

async function mark(lon, lat) {
  pin?.remove();
  pin = map.addPin(lon, lat, { side: "a", symbol: "case", title: t("案发地点") });
  try {
    const answer = await get(`/api/v1/locate?lon=${lon}&lat=${lat}`);
    tell(answer);
  } catch (error) {
    fill(verdict, notice("danger", error.message));
  }
}

function notice(tone, ...lines) {
  return el("div", { class: `notice notice--${tone}` }, icon(tone === "ok" ? "success" : "alert"),
    el("div", {}, lines.filter(Boolean).map((line) => el("p", {}, line))));
}

function tell(answer) {
  const names = (answer.zones ?? []).map((zone) => zone.name).join(t("、"));
  const inZone = names && t("位于{zone}，登记后按条款自动共享。", { zone: names });
  const mine = document.body.dataset.bureau === answer.jurisdiction?.bureau?.id;
  const whose = answer.jurisdiction?.name ?? t("未知辖区");
  if (!answer.certain) fill(verdict, notice("warn", t("距界线太近，无法断定属哪一方。"), inZone));
  else if (mine) fill(verdict, notice("ok", t("属本单位辖区：{name}", { name: whose }), inZone));
  else fill(verdict, notice("danger", t("属{name}，本单位不能立案。", { name: whose })));
}

map.onPick(place);
form.addEventListener("change", ({ target }) => {
  if (!["lon", "lat"].includes(target.name)) return;
  const [lon, lat] = [Number(form.elements.lon.value), Number(form.elements.lat.value)];
  if (form.elements.lon.value && form.elements.lat.value) mark(lon, lat);
});
document.getElementById("here").addEventListener("click", async () => {
  try {
    const fix = await currentPosition();
    place(fix);
    map.map.setView([fix.lat, fix.lon], 15);
  } catch (error) {
    reportProblem(error);
  }
});
