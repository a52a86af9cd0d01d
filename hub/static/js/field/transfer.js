/** The outbox as a file and back: the last resort when a phone must be given away or does not reach the hub. */
import { t } from "../i18n.js";
import { FREEZE } from "./senders.js";
import { keep } from "./outbox.js";
import { allOf, done, read } from "./store.js";
import { digestOf } from "./uploads.js";

const FORMAT = "lianfang-log";

/** All that waits or was refused as one file (JSON, photos within). */
export async function exported(outbox, user) {
  await outbox.packAll();
  const items = [];
  for (const item of (await outbox.items()).filter((row) => row.state !== "sent")) {
    // Fixed now, so that phone and file would send the very same, and the hub takes it once.
    const frozen = item.frozen ?? FREEZE[item.kind](item);
    if (!item.frozen) await outbox.change(item.seq, { frozen });
    items.push({ ...item, frozen });
  }
  const known = new Map((await outbox.items()).map((item) => [item.key, item.result]));
  const photos = {};
  for (const row of await allOf("blobs", outbox.owner)) if (!row.sent_at) photos[row.key] = await packed(row.blob);
  const parents = Object.fromEntries(items.filter((item) => item.parent && known.get(item.parent)?.id).map((item) => [item.parent, known.get(item.parent).id]));
  const content = { format: FORMAT, version: 1, user_id: user.id, user_name: user.name, made_at: new Date().toISOString(), items, photos, parents };
  const text = JSON.stringify(content);
  return new Blob([JSON.stringify({ sha256: await digestOf(new Blob([text])), content: text })], { type: "application/json" });
}

async function packed(blob) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return { type: blob.type, base64: url.slice(url.indexOf(",") + 1) };
}

function unpacked({ type, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return new Blob([bytes], { type });
}

/** Take a file in; what is here already is passed over. Resolves to how many are new. Throws with words for the reader. */
export async function imported(outbox, file) {
  const content = await opened(file);
  if (content.user_id !== outbox.owner) throw new Error(t("这是{name}的记录，请由本人登录后导入。", { name: content.user_name }));
  let count = 0;
  await keep(["items", "blobs"], async ({ items, blobs }) => {
    const here = new Set((await done(items.index("owner").getAll(outbox.owner))).map((row) => row.key));
    for (const [key, id] of Object.entries(content.parents)) {
      if (!here.has(key)) await done(items.add({ ...sentParent(outbox.owner, content, key), result: { id } }));
    }
    for (const { seq: _seq, ...item } of content.items.toSorted((a, b) => a.seq - b.seq)) {
      if (here.has(item.key)) continue;
      if (content.photos[item.key]) await done(blobs.put({ key: item.key, owner: outbox.owner, patrol_id: item.patrol_id, blob: unpacked(content.photos[item.key]), sent_at: null }));
      await done(items.add({ ...item, owner: outbox.owner, state: item.state === "sending" ? "waiting" : item.state }));
      count += 1;
    }
  });
  outbox.onChange();
  return count;
}

/** A finding that the hub has, of which a photo is still to come. */
function sentParent(owner, content, key) {
  const child = content.items.find((item) => item.parent === key);
  return { owner, patrol_id: child.patrol_id, kind: "finding", key, state: "sent", sent_at: Date.now(), stamp: child.stamp, body: {} };
}

async function opened(file) {
  try {
    const { sha256, content } = JSON.parse(await file.text());
    const parsed = JSON.parse(content);
    if (parsed.format !== FORMAT || sha256 !== await digestOf(new Blob([content]))) throw new Error(FORMAT);
    return parsed;
  } catch {
    throw new Error(t("这不是联防现场导出的文件，或内容已损坏。"));
  }
}

/** Whether a photo of an item is still on the phone. */
export const photoOf = async (key) => (await read("blobs", (store) => store.get(key)))?.blob ?? null;
