/** The bell in the top bar: how many notifications are unread, as changes come in. */
import { get } from "./api.js";
import { onChange } from "./feed.js";
import { t } from "./i18n.js";

const WAIT_MS = 300; // changes come in bursts
let timer = 0;

/** Keep the number on the bell true. */
export function startBell() {
  const bell = document.getElementById("bell");
  if (!bell) return;
  onChange("*", () => {
    clearTimeout(timer);
    timer = setTimeout(() => renew(bell), WAIT_MS);
  });
}

async function renew(bell) {
  let unread;
  try {
    ({ unread } = await get("/api/v1/notifications/count"));
  } catch {
    return; // The line is down; the next change tries again.
  }
  const count = bell.querySelector(".bell__count");
  count.textContent = unread > 99 ? "99+" : String(unread);
  count.hidden = unread === 0;
  bell.setAttribute("aria-label", t("通知，未读 {n} 条", { n: unread }));
}
