/** The schedule: which stretch of time, which view, which filters; renewed by the feed. */
import { ApiProblem, get } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { pageData } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";
import { connectAbsences, loadAbsences, openAbsence } from "../schedule/absences.js";
import { drawBoard } from "../schedule/board.js";
import { connectFree } from "../schedule/free.js";
import { makeGrid } from "../schedule/grid.js";
import { addDays, moment, monday, span, today } from "../schedule/moments.js";
import { onMoved } from "../schedule/move.js";

const data = pageData();
const grid = document.getElementById("schedule");
const board = document.getElementById("schedule-board");
const form = document.getElementById("schedule-filters");
const BOARDS = { officers: "crew", craft: "craft" };
const PHONE = matchMedia("(max-width: 640px)");
const KINDS = ["patrol", "patrol_series", "meeting", "zone", "agreement", "absence", "clock", "finding", "action_item", "request"];
const WAIT_MS = 250;

const given = new URLSearchParams(location.search);
let view = given.get("view") ?? (PHONE.matches ? "list" : "month");
let date = /^\d{4}-\d{2}-\d{2}$/.test(given.get("date") ?? "") ? given.get("date") : today();
for (const control of form.querySelectorAll("select")) control.value = given.get(control.name) ?? "";
const dues = form.elements.dues;
dues.checked = given.get("dues") !== "false";

const filters = () => [...[...form.querySelectorAll("select")].filter((one) => one.value).map((one) => [one.name, one.value]), ...(dues.checked ? [] : [["dues", "false"]])];

// On a phone the filters make room for the calendar, unless one is set.
document.getElementById("schedule-more").open = !PHONE.matches || filters().length > 0;

async function load(from, to) {
  const query = new URLSearchParams([["from", moment(from)], ["to", moment(to)], ...filters()]);
  for (const link of document.querySelectorAll("#schedule-exports a")) link.search = `?${query}`;
  grid.ariaBusy = "true";
  try {
    return (await get(`/api/v1/schedule?${query}`)).items;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    reportProblem(error);
    return [];
  } finally {
    grid.ariaBusy = "false";
  }
}

/** A new plan at a time that was pointed at, after asking. */
async function propose(starts, ends, extra = []) {
  const window_ = { starts_at: moment(starts), ends_at: moment(ends) };
  if (Date.parse(window_.ends_at) < Date.now()) return toast(t("时间已过。"), "warn");
  if (!(await confirmDialog({ title: t("安排联合巡查"), text: span(window_), confirm: t("去安排") }))) return undefined;
  const query = new URLSearchParams([["starts", starts.slice(0, 16)], ["ends", ends.slice(0, 16)], ...extra]);
  return location.assign(`/patrols/new?${query}`);
}

/** Where a week is wider than the screen, today is what is seen of it. */
function seeToday(node, selector) {
  const [pane, column] = [node.querySelector(".table-wrap") ?? node, node.querySelector(selector)];
  if (column && pane.scrollWidth > pane.clientWidth) pane.scrollLeft = column.offsetLeft - (pane.clientWidth - column.offsetWidth) / 2;
}

const calendar = makeGrid(grid, {
  view: BOARDS[view] ? "week" : view, date, load, mayPlan: data.may_plan, propose,
  shown({ title, first, after }) {
    if (BOARDS[view]) return;
    // The day that was looked at stays while it is shown, so that a week opened from a month is its own.
    if (date < first || date >= after) date = first;
    document.getElementById("schedule-title").textContent = title;
    remember();
    requestAnimationFrame(() => seeToday(grid, ".fc-col-header .fc-day-today"));
  },
});

async function showBoard() {
  const first = monday(date);
  document.getElementById("schedule-title").textContent = `${first} – ${addDays(first, 6)}`;
  const [entries, absences] = await Promise.all([load(first, addDays(first, 7)), loadAbsences(first, addDays(first, 7))]);
  const use = BOARDS[view];
  if (!use) return; // Another view was chosen meanwhile.
  const chosen = form.elements[view === "officers" ? "officer" : "craft"].value;
  const rows = data[view].filter((row) => !chosen || row.id === chosen);
  drawBoard(board, { rows, use, first, entries, absences, openAbsence: (absence) => openAbsence(absence, renew),
    propose: data.may_plan && ((row, day) => propose(`${day}T09:00:00`, `${day}T11:00:00`, [[view === "officers" ? "officer" : "craft", row.id]])) });
  seeToday(board, ".board__today");
}

function show(name) {
  view = name;
  const isBoard = Boolean(BOARDS[view]);
  grid.hidden = isBoard;
  board.hidden = !isBoard;
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  if (isBoard) showBoard();
  else { calendar.show(view, date); calendar.resize(); }
  remember();
}

function remember() {
  const query = new URLSearchParams([["view", view], ["date", date], ...filters()]);
  history.replaceState(null, "", `?${query}`);
}

function renew() {
  if (BOARDS[view]) showBoard();
  else calendar.renew();
}

function go(step) {
  if (!BOARDS[view]) return calendar.go(step);
  date = step === 0 ? today() : addDays(date, 7 * step);
  showBoard();
  return remember();
}

let timer = 0;
for (const kind of KINDS) onChange(kind, () => { clearTimeout(timer); timer = setTimeout(renew, WAIT_MS); });
onMoved(renew);
connectAbsences(document.getElementById("absence-form"), renew);
connectFree(document.getElementById("free-form"), data.may_plan && propose);
document.getElementById("schedule-prev").addEventListener("click", () => go(-1));
document.getElementById("schedule-next").addEventListener("click", () => go(1));
document.getElementById("schedule-today").addEventListener("click", () => go(0));
for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => show(button.dataset.view));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", () => { renew(); remember(); });
form.addEventListener("reset", () => setTimeout(() => { renew(); remember(); }));
show(BOARDS[view] || ["month", "week", "list"].includes(view) ? view : "month");
