/** The own account: the password; a new token, or the address of a calendar feed, is shown once and never again. */
import { ApiProblem, put } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { connectForm, reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";

const form = document.getElementById("token-form");
const box = document.getElementById("new-token");

connectForm(form, {
  body: ({ scope, ...value }) => ({ ...value, scopes: scope === "write" ? ["read", "write"] : ["read"] }),
  onSuccess: (token) => {
    if (token.token === null) {
      toast(t("令牌已建立，但应答途中丢失，不能再次显示。请刷新页面，吊销后重建。"), "warn");
      return;
    }
    document.getElementById("new-token-text").textContent = token.token;
    document.getElementById("new-token-copy").dataset.copy = token.token;
    box.hidden = false;
    form.reset();
    box.scrollIntoView({ block: "center" });
  },
});

const passwords = document.getElementById("password-form");

/** The repetition is for the person's eyes alone; the hub is told one of them. */
function checkRepeated() {
  const { new: first, repeat } = passwords.elements;
  repeat.setCustomValidity(first.value === repeat.value ? "" : t("两次输入不一致。"));
}

passwords.addEventListener("input", checkRepeated);
connectForm(passwords, {
  body: ({ current, new: next }) => ({ current, new: next }),
  onSuccess: () => {
    passwords.reset();
    toast(t("密码已修改，其他登录已全部结束。"), "ok");
    setTimeout(() => location.reload(), 1500); // the tokens and addresses below have ended
  },
});

for (const button of document.querySelectorAll("[data-feed]")) button.addEventListener("click", () => renewFeed(button));

async function renewFeed(button) {
  const asked = button.dataset.ask;
  if (asked && !(await confirmDialog({ title: asked, confirm: button.textContent.trim(), danger: true }))) return;
  try {
    const { url } = await put(`/api/v1/calendar-feeds/${button.dataset.feed}`, {});
    document.getElementById("new-feed-url").textContent = url;
    document.getElementById("new-feed-copy").dataset.copy = url;
    const shown = document.getElementById("new-feed");
    shown.hidden = false;
    button.closest("li").querySelector(".list__sub").textContent = t("已开通");
    shown.scrollIntoView({ block: "center" });
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    reportProblem(error);
  }
}
