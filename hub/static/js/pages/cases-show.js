/** One case: its map, the view of the other side, sharing, recall, and the partner's answers. */
import { get, post } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { badge, el, fill, icon, named, pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";
import { formatTime } from "../times.js";

const { id, lon, lat, own, sides, words } = pageData();
const LEVELS = { white: [t("共享"), "ok"], gray: [t("仅告知"), "warn"], black: [t("不可见"), "neutral"] };
const HIDDEN = new Set(["id", "owner_bureau_id", "version"]);

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

const handlers = {
  recall: async (share) => {
    const reason = await confirmDialog({
      title: t("收回共享"), text: t("对方立即看不到此案件，并须确认清除副本。"),
      confirm: t("收回"), danger: true, reason: t("原因（对方可见）"),
    });
    if (reason) await act(() => post(`/api/v1/shares/${share}/recall`, { reason }));
  },
  refuse: async (share) => {
    const reason = await confirmDialog({ title: t("拒绝签收"), confirm: t("拒绝"), danger: true, reason: t("理由") });
    if (reason) await act(() => post(`/api/v1/shares/${share}/refuse`, { reason }));
  },
  "access-refuse": async (share) => {
    const reason = await confirmDialog({ title: t("不同意查看"), confirm: t("不同意"), danger: true, reason: t("理由（对方可见）") });
    if (reason) await act(() => post(`/api/v1/shares/${share}/access-request/refuse`, { reason }));
  },
  "access-withdraw": async (share) => {
    const reason = await confirmDialog({ title: t("撤回同意"), confirm: t("撤回"), danger: true, reason: t("理由（对方可见）") });
    if (reason) await act(() => post(`/api/v1/shares/${share}/access-request/withdraw`, { reason }));
  },
  act: async (share) => {
    const reason = await confirmDialog({ title: t("反馈办理情况"), confirm: t("反馈"), reason: t("办理情况") });
    if (reason) await act(() => post(`/api/v1/shares/${share}/act`, { reason }));
  },
};

document.addEventListener("click", (event) => {
  for (const [name, handle] of Object.entries(handlers)) {
    const button = event.target.closest(`[data-${name}]`);
    if (button) handle(button.getAttribute(`data-${name}`));
  }
  const revealer = event.target.closest("[data-reveal]");
  if (revealer) reveal(revealer);
  const opener = event.target.closest("[data-preview]");
  if (opener) preview(opener.dataset.preview, opener.dataset.mayShare === "1");
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

async function preview(bureau, mayShare) {
  const dialog = document.getElementById("preview-dialog");
  const share = document.getElementById("share-now");
  try {
    const seen = await get(`/api/v1/cases/${id}/preview?bureau=${encodeURIComponent(bureau)}`);
    fill(document.getElementById("preview-body"), head(seen), people(seen), table(seen));
    share.hidden = !mayShare;
    share.onclick = () => act(() => post(`/api/v1/cases/${id}/shares`, { bureau_id: bureau }));
    dialog.showModal();
    document.getElementById("preview-body").scrollTop = 0;
    dialog.scrollTop = 0;
  } catch (error) {
    reportProblem(error);
  }
}

function head(seen) {
  const [text, tone] = LEVELS[seen.level];
  const ground = [seen.agreement_number, seen.clause].filter(Boolean).join(" ");
  return el("div", { class: `notice notice--${seen.level === "white" ? "ok" : "warn"}` }, icon("eye"),
    el("div", {}, el("p", {}, el("strong", {}, named(seen.bureau_name)), " ", badge(text, tone)),
      el("p", {}, ground ? `${seen.reason_text}（${ground}）` : seen.reason_text)));
}

/** By name, who at the other bureau has the right and the clearance. */
function people(seen) {
  if (seen.level === "black") return el("p", {});
  const names = seen.people.map(({ name, roles }) => el("li", {}, `${name}（${roles.join("、")}）`));
  return el("section", {}, el("h3", {}, t("对方有权查阅的人员")),
    names.length ? el("ul", { class: "small", "data-people": "" }, names) : el("p", { class: "small" }, t("对方目前没有人的权限和密级足以查阅。")));
}

function table(seen) {
  const rows = seen.fields.filter(({ field }) => !HIDDEN.has(field)).map(({ field, name, level, clause, rule_url: rule }) => {
    const [text, tone] = LEVELS[level];
    return el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, badge(text, tone)),
      el("td", {}, rule ? el("a", { href: rule }, clause) : clause ?? "—"), el("td", {}, level === "white" ? shown(field, seen.view?.[field]) : "—"));
  });
  return el("div", { class: "table-wrap" }, el("table", { class: "table" },
    el("thead", {}, el("tr", {}, [t("字段"), t("开放"), t("条款"), t("对方看到")].map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, rows)));
}

function shown(field, value) {
  if (value === null || value === undefined || value === "") return "—";
  if (field === "opened_at") return formatTime(value);
  if (field === "lon" || field === "lat") return value.toFixed(6);
  if (field === "parties") return value.map((party) => `${party.name}（${party.role_name}）`).join("、") || "—";
  if (field === "files") return value.map((file) => file.name).join("、") || "—";
  return words[field]?.[value] ?? String(value);
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "attach") return;
  event.preventDefault();
  act(() => post(`/api/v1/cases/${id}/files`, new FormData(event.target)));
});

drawMap();
document.addEventListener("live:renewed", drawMap);
