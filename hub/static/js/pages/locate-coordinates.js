/** Read coordinates as people type them: decimal, degrees and minutes, with or without letters. */
import { t } from "../i18n.js";

const CHINA = { lon: [73, 136], lat: [3, 54] };
const LETTERS = [
  [/东经|東經|[Ee](?![a-z])/, "lon", 1], [/北纬|北緯|[Nn](?![a-z])/, "lat", 1],
  [/西经|[Ww](?![a-z])/, "lon", -1], [/南纬|[Ss](?![a-z])/, "lat", -1],
  [/经度|lon\w*/i, "lon", 1], [/纬度|lat\w*/i, "lat", 1],
];

/** Full-width digits and signs as ASCII. */
const plain = (text) => text.normalize("NFKC").replaceAll("、", ",").replaceAll("；", ";").trim();

function numbers(text) {
  return (text.match(/[-+]?\d+(?:\.\d+)?/g) ?? []).map(Number);
}

/** One value from degrees, minutes and seconds; null when it cannot be one. */
function degrees([whole, minutes = 0, seconds = 0]) {
  if (minutes < 0 || minutes >= 60 || seconds < 0 || seconds >= 60) return null;
  const size = Math.abs(whole) + minutes / 60 + seconds / 3600;
  return whole < 0 ? -size : size;
}

function half(text) {
  const parts = numbers(text);
  if (parts.length < 1 || parts.length > 3) return null;
  const value = degrees(parts);
  if (value === null) return null;
  const letter = LETTERS.find(([pattern]) => pattern.test(text));
  return letter ? { value: letter[2] * value, axis: letter[1] } : { value, axis: null };
}

/** Cut the text in two: at a comma, between letters, or in the middle of the numbers. */
function halves(text) {
  const cut = text.split(/[,;/]|\s+(?=[东北東西南经纬])/).map((part) => part.trim()).filter(Boolean);
  if (cut.length === 2) return cut;
  const marked = text.match(/[东北東西南][^东北東西南]+/g) ?? text.match(/[^NSEWnsew]+[NSEWnsew]/g);
  if (marked?.length === 2) return marked;
  const parts = numbers(text);
  if (![2, 4, 6].includes(parts.length)) return null;
  const middle = parts.length / 2;
  return [parts.slice(0, middle).join(" "), parts.slice(middle).join(" ")];
}

const within = (value, [low, high]) => value >= low && value <= high;

/**
 * {lon, lat, swapped} of typed text; throws an Error with words for the reader. In China a longitude
 * is never a possible latitude, so the order is known from the numbers; `swapped` says that latitude
 * came first.
 */
export function parseCoordinates(text) {
  const pair = halves(plain(text))?.map(half);
  if (!pair || pair.includes(null)) throw new Error(t("读不懂这个坐标。例：120.3538, 30.8938 或 120°21.2′ 30°53.6′"));
  const [first, second] = pair;
  const latFirst = first.axis === "lat" || second.axis === "lon"
    || (first.axis === null && within(first.value, CHINA.lat) && within(second.value, CHINA.lon));
  const [lon, lat] = latFirst ? [second.value, first.value] : [first.value, second.value];
  if (!within(lon, CHINA.lon) || !within(lat, CHINA.lat)) {
    throw new Error(t("坐标不在范围内：经度应在73至136度之间，纬度应在3至54度之间。"));
  }
  return { lon, lat, swapped: latFirst };
}
