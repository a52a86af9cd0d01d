/** A petition: press the map where it smells or sounds, and learn at once whose ground it is. */
import { get } from "../api.js";
import { el, fill, icon, pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { currentPosition } from "../geolocate.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { sides, bounds } = pageData();
const form = document.getElementById("petition-form");
const verdict = document.getElementById("verdict");
const map = createMap(document.getElementById("map"), { bounds, sides, label: t("选择地点") });
let pin = null;

// The bureaus' clock, as datetime-local writes it.
const LOCAL = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
for (const control of form.querySelectorAll("[data-moment]")) {
  if (control.dataset.moment) control.value = LOCAL.format(new Date(control.dataset.moment)).replace(" ", "T");
}

function place({ lon, lat }) {
  form.elements.lon.value = lon.toFixed(6);
  form.elements.lat.value = lat.toFixed(6);
  form.dispatchEvent(new Event("input"));
  mark(lon, lat);
}

async function mark(lon, lat) {
  pin?.remove();
  pin = map.addPin(lon, lat, { side: "a", symbol: "petition", title: t("反映地点") });
  try {
    tell(await get(`/api/v1/locate?lon=${lon}&lat=${lat}`));
  } catch (error) {
    fill(verdict, notice("danger", error.message));
  }
}

function notice(tone, text) {
  return el("div", { class: `notice notice--${tone}` }, icon(tone === "ok" ? "success" : "alert"), el("div", {}, el("p", {}, text)));
}

function tell(answer) {
  const mine = document.body.dataset.bureau === answer.jurisdiction?.bureau?.id;
  const whose = answer.jurisdiction?.name ?? t("未知辖区");
  if (!answer.certain) fill(verdict, notice("warn", t("距界线太近，无法断定属哪一方，可以商请对方共调。")));
  else if (mine) fill(verdict, notice("ok", t("属本单位辖区：{name}", { name: whose })));
  else fill(verdict, notice("warn", t("属{name}，登记后可以商请对方共调或转送。", { name: whose })));
}

function read() {
  const { lon, lat } = form.elements;
  if (lon.value && lat.value) mark(Number(lon.value), Number(lat.value));
}

map.onPick(place);
form.addEventListener("change", ({ target }) => {
  if (["lon", "lat"].includes(target.name)) read();
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
await map.ready;
read();
