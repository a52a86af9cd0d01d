/** Photos in pieces: after a cut the hub says how much it has, and only the rest is sent. */
import { ApiProblem, api, post } from "../api.js";
import { t } from "../i18n.js";
import { read } from "./store.js";

const PIECE = 128 * 1024;
const TRIES = 3; // a whole that arrives damaged begins anew, but not for ever

/** SHA-256 (hex) of a blob. */
export async function digestOf(blob) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send one photo of a finding that the hub has; resolves to {id} of the file. */
export async function sendPhoto(item, { parentOf, progress }) {
  const finding = await parentOf(item);
  const row = await read("blobs", (store) => store.get(item.key));
  if (!row) throw new ApiProblem({ detail: t("照片不在本机了，无法上传。") }, 410);
  const told = { key: item.key, name: item.body.name, size: row.blob.size, sha256: await digestOf(row.blob) };
  const upload = await post(`/api/v1/findings/${finding}/uploads`, told, { key: `${item.key}-a` });
  return { id: await sendPieces(row.blob, upload.id, (sent) => progress(item, sent)) };
}

async function sendPieces(blob, uploadId, progress) {
  let state = await api("GET", `/api/v1/uploads/${uploadId}`);
  let tries = 0;
  while (state.file_id === null) {
    const offset = Math.min(state.received, Math.max(0, blob.size - 1));
    await progress(state.received);
    try {
      state = await api("PUT", `/api/v1/uploads/${uploadId}?offset=${offset}`, { body: blob.slice(offset, offset + PIECE) });
    } catch (problem) {
      tries += 1;
      const { rule, received } = problem.problem ?? {};
      if (!["upload.offset", "upload.digest"].includes(rule) || tries > TRIES) throw problem;
      state = { received, file_id: null };
    }
  }
  return state.file_id;
}
