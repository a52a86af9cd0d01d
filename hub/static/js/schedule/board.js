/** A week by person or by vessel: a row each, a column per day; a patrol is dragged to another day of its row. */
import { badge, el, fill, icon, scrollable } from "../dom.js";
import { locale, t } from "../i18n.js";
import { formatTime } from "../times.js";
import { classes, label, openEntry } from "./entry.js";
import { addDays, moment, today, wall } from "./moments.js";
import { move } from "./move.js";

const DAY_MS = 86_400_000;
let dragged = null;
const WEEKDAY = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });

/** Draw the week that begins on a Monday. `rows` [{id, name, sub}], `use` "crew" or "craft". */
export function drawBoard(node, { rows, use, first, entries, absences = [], propose, openAbsence }) {
  const days = Array.from({ length: 7 }, (_, n) => addDays(first, n));
  const partners = others(entries, rows, use);
  fill(node, scrollable(use === "crew" ? t("人员") : t("船艇车辆"), el("table", { class: "board" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, use === "crew" ? t("人员") : t("船艇车辆")),
      days.map((day) => el("th", { scope: "col", class: day === today() ? "board__today" : null }, `${day.slice(5)} ${WEEKDAY.format(new Date(`${day}T00:00:00Z`))}`)))),
    el("tbody", {}, rows.map((row) => line(row, "a")), partners.map((row) => line(row, "b"))))));

  function line(row, side) {
    return el("tr", { class: `side--${side}` },
      el("th", { scope: "row" }, row.name, row.sub && el("span", { class: "small muted mono" }, ` ${row.sub}`), side === "b" && badge(t("对方"), "neutral")),
      days.map((day) => el("td", { ...target(row, day) }, cell(row, day), side === "a" && propose && day >= today() && add(row, day))));
  }

  function cell(row, day) {
    const busy = entries.filter((entry) => entry[use]?.some((one) => one.id === row.id) && touches(entry, day));
    const due = use === "crew" ? entries.filter((entry) => entry.kind === "due" && entry.person_id === row.id && wall(entry.starts_at).slice(0, 10) === day) : [];
    const away = absences.filter((one) => one.subject_id === row.id && touches(one, day));
    return [
      away.map((one) => el("button", { class: "entry entry--absence board__entry", type: "button", onclick: () => openAbsence(one) }, one.reason_name)),
      busy.map((entry) => el("button", { class: `${classes(entry).join(" ")} board__entry`, type: "button", title: label(entry), "aria-label": label(entry), onclick: () => openEntry(entry), ...source(entry, row, day) },
        el("span", { class: "entry__time" }, formatTime(entry.starts_at, "time")), " ", entry.title)),
      due.map((entry) => el("button", { class: `${classes(entry).join(" ")} board__entry`, type: "button", title: label(entry), "aria-label": label(entry), onclick: () => openEntry(entry) }, icon("clock"), " ", entry.title)),
    ];
  }

  /** Who plans may drag; the same without a mouse is the time in the entry's dialog. */
  function source(entry, row, day) {
    if (entry.kind !== "patrol" || !(entry.may.edit || entry.may.propose_time)) return {};
    return { draggable: "true", ondragstart: (event) => { dragged = { entry, row, day }; event.dataTransfer.setData("text/plain", entry.title); }, ondragend: () => { dragged = null; } };
  }

  function target(row, day) {
    const fits = () => dragged?.row === row && dragged.day !== day;
    return {
      ondragover: (event) => { if (fits()) event.preventDefault(); },
      ondrop: (event) => {
        if (!fits()) return;
        event.preventDefault();
        const { entry, day: from } = dragged;
        const days_ = (Date.parse(day) - Date.parse(from)) / DAY_MS;
        const later = (text) => moment(`${addDays(wall(text).slice(0, 10), days_)}${wall(text).slice(10)}`);
        move(entry, later(entry.starts_at), later(entry.ends_at));
      },
    };
  }

  function add(row, day) {
    return el("button", { class: "board__add", type: "button", "aria-label": t("为{name}安排 {day}", { name: row.name, day }), onclick: () => propose(row, day) }, icon("plus"));
  }
}

function touches(entry, day) {
  return wall(entry.starts_at).slice(0, 10) <= day && wall(new Date(Date.parse(entry.ends_at) - 1)).slice(0, 10) >= day;
}

/** People and craft of partners, as far as they take part in what is shown. */
function others(entries, rows, use) {
  const own = new Set(rows.map((row) => row.id));
  const found = new Map();
  for (const entry of entries) for (const one of entry[use] ?? []) if (!own.has(one.id)) found.set(one.id, one);
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, locale));
}
