/**
 * The phone's store (IndexedDB). items: what waits for the hub or was sent, numbered in order; fixes:
 * places not yet put into an item; blobs: photos; kits: what a patrol needs; meta: small values.
 * Whatever a write promises is on the disk before it resolves ("strict").
 */
const NAME = "lianfang-log";
/** The small value that says whose the phone is. */
export const PERSON = "person";
const STORES = {
  items: { keyPath: "seq", autoIncrement: true },
  fixes: { keyPath: "id", autoIncrement: true },
  blobs: { keyPath: "key" },
  kits: { keyPath: ["owner", "patrol_id"] },
  meta: { keyPath: "name" },
};

const opened = open();

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) {
        const store = request.result.createObjectStore(name, options);
        if (name !== "meta") store.createIndex("owner", "owner");
        if (name === "items") store.createIndex("key", "key", { unique: true });
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The result of a request. */
export const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/**
 * Write in one transaction: `work(stores)` gets the named stores and may await their requests only.
 * Resolves to what it returns once all of it is on the disk; nothing of it is there if it fails.
 */
export async function write(names, work) {
  const transaction = (await opened).transaction(names, "readwrite", { durability: "strict" });
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
  let result;
  try {
    result = await work(stores);
  } catch (problem) {
    if (transaction.error === null) tryAbort(transaction);
    await finished.catch(() => {}); // the cause is told below
    throw transaction.error ?? problem;
  }
  await finished;
  return result;
}

function tryAbort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Read: `work(store)` returns a request. */
export async function read(name, work) {
  return done(work((await opened).transaction(name).objectStore(name)));
}

/** All of a person's in one store, in the order of their keys. */
export const allOf = (name, owner) => read(name, (store) => store.index("owner").getAll(owner));

/** A small value, or null. */
export async function meta(name) {
  return (await read("meta", (store) => store.get(name)))?.value ?? null;
}

/** Keep a small value. */
export const setMeta = (name, value) => write(["meta"], ({ meta: store }) => done(store.put({ name, value })));
