/** Moments on the calendar, which runs by the bureaus' clock (UTC+8, without summer time). */
import { formatTime } from "../times.js";

const OFFSET = "+08:00";
const DAY_MS = 86_400_000;

/** "2026-11-27T09:00:00" for the calendar, of a moment. */
export const wall = (moment) => formatTime(moment, "datetime").replace(" ", "T");
/** A moment with its offset, of what the calendar says ("2026-11-27T09:00:00" or a day). */
export const moment = (text) => `${text.length === 10 ? `${text}T00:00:00` : text.slice(0, 19)}${OFFSET}`;
/** Today as "2026-11-27". */
export const today = () => formatTime(new Date(), "date");
/** A day so many days later. */
export const addDays = (day, count) => new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
/** The Monday of the week of a day. */
export const monday = (day) => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
/** "11-27 09:00–11:00", or with both days. */
export function span(entry) {
  const from = formatTime(entry.starts_at);
  const to = formatTime(entry.ends_at);
  return from.slice(0, 10) === to.slice(0, 10) ? `${from}–${to.slice(11)}` : `${from} – ${to}`;
}
