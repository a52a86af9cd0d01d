/** Where this phone is, with the accuracy it claims. WGS 84, metres. */
import { t } from "./i18n.js";

const OPTIONS = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 };

function reading({ coords, timestamp }) {
  return {
    lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy,
    heading: coords.heading, speed_mps: coords.speed, at: new Date(timestamp).toISOString(),
  };
}

function reason(error) {
  const texts = {
    1: t("没有定位权限：请在浏览器设置中允许本页使用位置。"),
    2: t("暂时无法定位：请到开阔处再试，或在地图上点选。"),
    3: t("定位超时：请到开阔处再试，或在地图上点选。"),
  };
  return new Error(texts[error.code] ?? error.message);
}

function check() {
  if (!("geolocation" in navigator)) throw new Error(t("此设备不能定位，请在地图上点选。"));
  if (!isSecureContext) throw new Error(t("定位需要 HTTPS 连接，请在地图上点选。"));
}

/** One position: {lon, lat, accuracy_m, heading, speed_mps, at}. Rejects with words for the reader. */
export async function currentPosition(options = {}) {
  check();
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      (position) => resolve(reading(position)),
      (error) => reject(reason(error)), { ...OPTIONS, ...options });
  });
}

/** Positions until the returned function is called. Throws if the device cannot. */
export function watchPosition(onPosition, onError = () => {}, options = {}) {
  check();
  const id = navigator.geolocation.watchPosition(
    (position) => onPosition(reading(position)),
    (error) => onError(reason(error)), { ...OPTIONS, maximumAge: 2_000, ...options });
  return () => navigator.geolocation.clearWatch(id);
}
