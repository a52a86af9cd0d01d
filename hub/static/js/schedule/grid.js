/** Month, week and list: FullCalendar on our entries. */
import { el, icon } from "../dom.js";
import { locale, t } from "../i18n.js";
import { classes, label, openEntry } from "./entry.js";
import { move } from "./move.js";
import { moment, wall } from "./moments.js";

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", list: "listMonth" };

/** Its icons are a font in a data: address, which our policy refuses; without it the rules may count. */
function useStyles() {
  const style = document.querySelector("style[data-fullcalendar]");
  const { cssRules } = style.sheet;
  for (let n = cssRules.length - 1; n >= 0; n -= 1) if (cssRules[n] instanceof CSSFontFaceRule) style.sheet.deleteRule(n);
  style.media = "all";
}

/**
 * Make the calendar. `load(from, to)` resolves to entries; `propose(starts, ends)` is called for a slot that was chosen,
 * `shown({title, first, after})` when another stretch is shown.
 */
export function makeGrid(node, { view, date, load, propose, mayPlan, shown }) {
  const { Calendar } = window.FullCalendar;
  useStyles();
  const calendar = new Calendar(node, {
    initialView: VIEWS[view] ?? VIEWS.month, initialDate: date,
    timeZone: "Asia/Shanghai", now: () => wall(new Date()), locale: locale.startsWith("en") ? "en" : "zh-cn",
    headerToolbar: false, firstDay: 1, height: "auto", nowIndicator: true, dayMaxEvents: 4, navLinks: false,
    allDayContent: t("截止"), scrollTime: "07:00:00", slotDuration: "00:30:00", slotEventOverlap: false, eventInteractive: true,
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    noEventsContent: t("这段时间没有巡查和会议。"),
    selectable: mayPlan, selectMirror: true, longPressDelay: 400, editable: false,
    events: async (info) => (await load(day(info.start), day(info.end))).map(event),
    eventContent: content,
    eventDidMount: ({ el: box, event: { extendedProps } }) => { box.setAttribute("aria-label", label(extendedProps.entry)); box.title = label(extendedProps.entry); },
    eventClick: ({ jsEvent, event: { extendedProps } }) => { jsEvent.preventDefault(); openEntry(extendedProps.entry); },
    eventDrop: moved, eventResize: moved,
    select: ({ startStr, endStr, allDay }) => { calendar.unselect(); propose(...(allDay ? dayTime(startStr) : [startStr, endStr])); },
    datesSet: ({ view: { title, currentStart, currentEnd } }) => shown({ title, first: day(currentStart), after: day(currentEnd) }),
  });
  calendar.render();
  return {
    show: (name, at) => calendar.changeView(VIEWS[name], at),
    go: (step) => (step === 0 ? calendar.today() : step < 0 ? calendar.prev() : calendar.next()),
    renew: () => calendar.refetchEvents(),
    resize: () => calendar.updateSize(),
  };
}

const day = (date) => date.toISOString().slice(0, 10);
/** A day that was chosen as a whole: a morning. */
const dayTime = (text) => [`${text.slice(0, 10)}T09:00:00`, `${text.slice(0, 10)}T11:00:00`];

function event(entry) {
  // What is due has a day, not a time at which anybody is busy.
  if (entry.kind === "due") {
    return { id: entry.id, title: entry.title, start: wall(entry.starts_at).slice(0, 10), allDay: true, classNames: classes(entry), editable: false, extendedProps: { entry } };
  }
  const may = entry.kind === "patrol" && (entry.may.edit || entry.may.propose_time);
  return { id: entry.id, title: entry.title, start: wall(entry.starts_at), end: wall(entry.ends_at), classNames: classes(entry),
    startEditable: may, durationEditable: may, extendedProps: { entry } };
}

function content({ timeText, event: { extendedProps: { entry } } }) {
  const symbol = entry.kind === "due" ? "clock" : entry.kind === "meeting" ? "meeting" : entry.kind === "series" ? (entry.problem ? "alert" : "refresh") : entry.clashes.length ? "alert" : entry.open_proposals.length ? "calendar" : null;
  return { domNodes: [el("span", { class: "entry__text" }, symbol && icon(symbol), timeText && el("span", { class: "entry__time" }, timeText), " ",
    el("span", { class: "entry__title" }, entry.title), entry.zone_name && el("span", { class: "entry__sub" }, ` ${entry.zone_name}`))] };
}

async function moved({ event: { startStr, endStr, extendedProps }, revert }) {
  const done = await move(extendedProps.entry, moment(startStr), moment(endStr));
  // A counter-proposal leaves the plan where it is.
  if (!done || !extendedProps.entry.may.edit) revert();
}
