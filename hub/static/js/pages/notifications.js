/** Following a notification notes that it was read, without holding the person up. */
import { api, operationKey } from "../api.js";

document.addEventListener("click", (event) => {
  const id = event.target.closest?.("a[data-read]")?.dataset.read;
  if (!id) return;
  // The page is being left: whether it arrives is no matter, the bell shows it unread else.
  api("POST", `/api/v1/notifications/${id}/read`, { body: {}, key: operationKey(), keepalive: true }).catch(() => {});
});
