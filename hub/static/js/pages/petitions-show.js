/** One petition: its place, and who brought it for those who may look. */
import { post } from "../api.js";
import { el, fill, pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { sides, bounds, place, own } = pageData();
const box = document.getElementById("map");

let told = null; // who brought it, once it was asked for

async function reveal() {
  try {
    told = await post(document.getElementById("reporter").dataset.reveal, {});
    show();
  } catch (error) {
    reportProblem(error);
  }
}

/** Also after the page renewed itself: what was asked for stays in sight while it may be seen. */
function show() {
  const spot = document.getElementById("reporter");
  if (told && spot) {
    const rows = [[t("姓名"), told.name], [t("联系方式"), told.contact], [t("住址"), told.address]];
    fill(spot, el("dl", { class: "kv" }, rows.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text || "—")])));
  }
}

document.addEventListener("live:renewed", show);

document.addEventListener("click", (event) => {
  if (event.target.closest("#reveal")) reveal();
});

// The map comes last: whoever presses a button before it is drawn is heard.
if (box && place?.lon != null) {
  const map = createMap(box, { bounds, sides, label: t("反映地点") });
  await map.ready;
  map.addPin(place.lon, place.lat, { side: own ? "a" : "b", symbol: "petition", title: t("反映地点") });
  map.map.setView([place.lat, place.lon], 14);
}
