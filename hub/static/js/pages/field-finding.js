/** Recording a finding in three presses: open, category, keep. Text, photo and place are at hand. */
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { formatLonLat } from "../map.js";
import { toast } from "../toasts.js";

const MAX_PHOTOS = 8;

/**
 * Wire the dialog of the page. `here()` gives the newest place or null; `pick()` resolves to a place
 * chosen on the map; `save(body, photos)` keeps the record; `now()` is the hub's time.
 */
export function mountFinding(dialog, { here, pick, save, now }) {
  const form = dialog.querySelector("form");
  const parts = {
    form, dialog, place: form.querySelector("#finding-place"), list: form.querySelector("#finding-photos"),
    error: form.querySelector("#finding-error"), at: null, photos: [],
  };
  form.querySelector("#finding-pick").addEventListener("click", () => choose(parts, pick));
  form.querySelector("#finding-here").addEventListener("click", () => setPlace(parts, here()));
  form.querySelector("#finding-camera").addEventListener("change", (event) => addPhotos(parts, event.currentTarget));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep(parts, save, now);
  });
  return {
    open() {
      form.reset();
      parts.photos = [];
      fill(parts.list);
      fill(parts.error);
      setPlace(parts, here());
      dialog.showModal();
    },
  };
}

function setPlace(parts, place) {
  parts.at = place;
  fill(parts.place, place
    ? [icon("pin"), formatLonLat(place.lon, place.lat), place.accuracy_m ? ` ±${Math.round(place.accuracy_m)} m` : ""]
    : t("还没有位置：请在地图上选。"));
}

async function choose(parts, pick) {
  parts.dialog.close();
  const place = await pick();
  if (place) setPlace(parts, { ...place, accuracy_m: null, picked: true });
  parts.dialog.showModal();
}

function addPhotos(parts, input) {
  for (const file of input.files) {
    if (parts.photos.length >= MAX_PHOTOS) break;
    parts.photos.push(file);
    const url = URL.createObjectURL(file);
    const image = el("img", { src: url, alt: file.name });
    image.addEventListener("load", () => URL.revokeObjectURL(url));
    parts.list.append(el("li", {}, image));
  }
  input.value = "";
}

async function keep(parts, save, now) {
  const category = parts.form.elements.category.value;
  const label = parts.form.querySelector("input[name=category]:checked + span")?.textContent ?? "";
  const problem = !category ? t("请选择类别。") : !parts.at ? t("还没有位置：请在地图上选。") : null;
  fill(parts.error, problem);
  if (problem) return;
  const { lon, lat, accuracy_m: accuracy, picked } = parts.at;
  const text = parts.form.elements.text.value.trim() || label;
  await save({
    category, text, lon, lat, accuracy_m: accuracy ?? null, placed_by: picked ? "pin" : "gps",
    found_at: now().toISOString(),
  }, parts.photos);
  parts.dialog.close();
  toast(t("已记录，正在上报。"), "ok");
}
