/** One case: its map, the view of the other side, sharing, recall, and the partner's answers. */
import { get, post } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { fill, pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";
import { connectOnward } from "../onward.js";
import { caseSeen } from "../seen.js";

const { id, lon, lat, own, sides, words } = pageData();

let mapNode = null;

/** The map is made once and moved into each renewed page part. */
function drawMap() {
  const place = document.getElementById("map");
  if (!place || lon === null || lon === undefined) return;
  if (mapNode) {
    place.replaceWith(mapNode);
    return;
  }
  mapNode = place;
  const d = 0.02;
  const map = createMap(place, {
    bounds: [lon - d, lat - d, lon + d, lat + d], sides, label: t("案发地点"), layersControl: false, readout: false,
  });
  map.addPin(lon, lat, { side: own ? "a" : "b", symbol: "case", title: t("案发地点") });
}

async function act(work) {
  try {
    await work();
    location.reload();
  } catch (error) {
    reportProblem(error);
  }
}

/** What the partner has had so far, in a sentence or two. */
function wordsOf({ items }) {
  if (!items.length) return t("对方尚未打开此案件，也没有取得文件。");
  const people = [...new Set(items.map(({ who }) => who))];
  const copies = items.filter(({ copy }) => copy).map(({ what, text }) => what ?? text);
  const read = t("对方已有{n}人打开（{people}），共{times}次。", {
    n: people.length, people: people.join(t("、")), times: items.length - copies.length,
  });
  return [read, copies.length ? t("取得的文件：{files}。", { files: [...new Set(copies)].join(t("、")) }) : t("没有取得文件。")].join(" ");
}

const handlers = {
  recall: async (share) => {
    const had = await get(`/api/v1/shares/${share}/opened`).catch(reportProblem);
    if (!had) return;
    const reason = await confirmDialog({
      title: t("收回共享"), text: [wordsOf(had), t("收回后，对方立即看不到此案件，并须确认清除副本。")].join(" "),
      confirm: t("收回"), danger: true, reason: t("原因（对方可见）"),
    });
    if (reason) await act(() => post(`/api/v1/shares/${share}/recall`, { reason }));
  },
  refuse: async (share) => {
    const reason = await confirmDialog({ title: t("拒绝签收"), confirm: t("拒绝"), danger: true, reason: t("理由") });
    if (reason) await act(() => post(`/api/v1/shares/${share}/refuse`, { reason }));
  },
  "onward-refuse": async (wish) => {
    const reason = await confirmDialog({ title: t("不同意转交"), confirm: t("不同意"), danger: true, reason: t("理由（对方可见）") });
    if (reason) await act(() => post(`/api/v1/shares/${wish}/refuse`, { reason }));
  },
  "access-refuse": async (share) => {
    const reason = await confirmDialog({ title: t("不同意查看"), confirm: t("不同意"), danger: true, reason: t("理由（对方可见）") });
    if (reason) await act(() => post(`/api/v1/shares/${share}/access-request/refuse`, { reason }));
  },
  "access-withdraw": async (share) => {
    const reason = await confirmDialog({ title: t("撤回同意"), confirm: t("撤回"), danger: true, reason: t("理由（对方可见）") });
    if (reason) await act(() => post(`/api/v1/shares/${share}/access-request/withdraw`, { reason }));
  },
  "note-correct": async (note) => {
    const text = await confirmDialog({
      title: t("更正记录"), text: t("原来的文字仍保留，本单位可以查看。"), confirm: t("更正"), reason: t("更正为"),
      value: document.querySelector(`#note-${CSS.escape(note)} .note__text`)?.textContent ?? "",
    });
    if (text) await act(() => post(`/api/v1/cases/${id}/notes/${note}/correct`, { text }));
  },
  "note-withdraw": async (note) => {
    const reason = await confirmDialog({
      title: t("撤下记录"), text: t("协作单位不再看到此记录；本单位仍可查看。"), confirm: t("撤下"), danger: true, reason: t("理由"),
    });
    if (reason) await act(() => post(`/api/v1/cases/${id}/notes/${note}/withdraw`, { reason }));
  },
  "approval-refuse": async (approval) => {
    const answer = await confirmDialog({ title: t("不批准"), confirm: t("不批准"), danger: true, reason: t("理由") });
    if (answer) await act(() => post(`/api/v1/cases/${id}/approvals/${approval}/refuse`, { answer }));
  },
  act: async (share) => {
    const reason = await confirmDialog({ title: t("反馈办理情况"), confirm: t("反馈"), reason: t("办理情况") });
    if (reason) await act(() => post(`/api/v1/shares/${share}/act`, { reason }));
  },
};

/** Show one kind of event alone, or all of them; kept while the page renews itself. */
let shownKind = "";

function filterEvents() {
  for (const chip of document.querySelectorAll("[data-timeline-filter] [data-kind]")) {
    chip.setAttribute("aria-pressed", String(chip.dataset.kind === shownKind));
  }
  for (const item of document.querySelectorAll("#case-timeline > [data-kind]")) {
    item.hidden = shownKind !== "" && item.dataset.kind !== shownKind;
  }
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-timeline-filter] [data-kind]");
  if (chip) {
    shownKind = chip.dataset.kind;
    filterEvents();
  }
  for (const [name, handle] of Object.entries(handlers)) {
    const button = event.target.closest(`[data-${name}]`);
    if (button) handle(button.getAttribute(`data-${name}`));
  }
  const revealer = event.target.closest("[data-reveal]");
  if (revealer) reveal(revealer);
  const opener = event.target.closest("[data-preview]");
  if (opener) preview(opener.dataset);
});

/** Show one person's data in its row, until the page is renewed; the hub enters that it was read. */
async function reveal(button) {
  try {
    const party = await post(`/api/v1/cases/${id}/parties/${button.dataset.reveal}/reveal`, {});
    const text = [party.code, party.phone, party.address].filter(Boolean).join(" · ");
    fill(button.closest("[data-party]").querySelector("[data-revealed]"), text || t("没有登记证件号、电话和住址"));
    button.remove();
  } catch (error) {
    reportProblem(error);
  }
}

async function preview({ preview: bureau, mayShare, anew }) {
  const dialog = document.getElementById("preview-dialog");
  const share = document.getElementById("share-now");
  try {
    const query = new URLSearchParams({ bureau, ...(anew ? { anew: "true" } : {}) });
    const seen = await get(`/api/v1/cases/${id}/preview?${query}`);
    fill(document.getElementById("preview-body"), ...caseSeen(seen, words));
    const page = document.getElementById("whole-page");
    page.href = `/cases/${id}/as/${bureau}`;
    page.hidden = seen.level === "black" || Boolean(anew);
    share.hidden = mayShare !== "1";
    share.onclick = () => act(() => post(`/api/v1/cases/${id}/shares`, { bureau_id: bureau }));
    dialog.showModal();
    document.getElementById("preview-body").scrollTop = 0;
    dialog.scrollTop = 0;
  } catch (error) {
    reportProblem(error);
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "attach") return;
  event.preventDefault();
  act(() => post(`/api/v1/cases/${id}/files`, new FormData(event.target)));
});

connectOnward(words);
drawMap();
document.addEventListener("live:renewed", () => {
  drawMap();
  filterEvents();
});

/** Emergency access is over: what it opened leaves the screen. */
const over = document.getElementById("emergency")?.dataset.reloadAt;
if (over) setTimeout(() => location.reload(), Math.max(1000, new Date(over).getTime() - Date.now() + 1000));
