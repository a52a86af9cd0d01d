/** Times for people: always the bureaus' own clock (Asia/Shanghai), whatever the device says. */
import { locale, t } from "./i18n.js";

const ZONE = "Asia/Shanghai";
const PARTS = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const RELATIVE = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];

/** "2026-11-23 14:30"; format is datetime, date, time, seconds or relative. */
export function formatTime(value, format = "datetime") {
  const moment = value instanceof Date ? value : new Date(value);
  if (Number.isNaN(moment.getTime())) return String(value);
  if (format === "relative") return relative(moment);
  const p = Object.fromEntries(PARTS.formatToParts(moment).map((x) => [x.type, x.value]));
  const date = `${p.year}-${p.month}-${p.day}`;
  const time = `${p.hour}:${p.minute}`;
  return { date, time, seconds: `${time}:${p.second}` }[format] ?? `${date} ${time}`;
}

function relative(moment) {
  const seconds = (moment.getTime() - Date.now()) / 1000;
  if (Math.abs(seconds) > 7 * 86400) return formatTime(moment, "date");
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.trunc(seconds / length), unit);
  }
  return t("刚刚");
}

/** A <time> element that localTimes keeps right. */
export function timeElement(value, format = "datetime") {
  const node = document.createElement("time");
  node.dateTime = value instanceof Date ? value.toISOString() : value;
  node.dataset.format = format;
  show(node);
  return node;
}

function show(node) {
  const value = node.dateTime;
  // A date without a time is a calendar day, the same in every zone.
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value)) return;
  // The server's clock is UTC; a moment written without an offset is meant so.
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value.replace(" ", "T")}Z`;
  node.textContent = formatTime(zoned, node.dataset.format);
  node.title = formatTime(zoned, "seconds").length ? `${formatTime(zoned)} (UTC+8)` : "";
}

/** Render every <time datetime> under root. */
export function localTimes(root = document) {
  for (const node of root.querySelectorAll("time[datetime]")) show(node);
}

/** Render once and keep relative times fresh, also for parts added later. */
export function watchTimes() {
  localTimes();
  setInterval(() => {
    for (const node of document.querySelectorAll('time[data-format="relative"]')) show(node);
  }, 30_000);
}
