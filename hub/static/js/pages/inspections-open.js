/** The place of a record that is begun where one stands. */
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";

const form = document.getElementById("open-at-place");

document.getElementById("open-here")?.addEventListener("click", () => {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.lon.value = coords.longitude.toFixed(6);
      form.elements.lat.value = coords.latitude.toFixed(6);
    },
    () => reportProblem(new Error(t("没有取得位置，请手工填写。"))),
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
  );
});
