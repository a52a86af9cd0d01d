/**
 * How pages come back to a hub that was away: soon, then ever more rarely, and never all at once. One
 * rule for the socket and for asking meanwhile; chance is applied after the limit, so that pages which
 * have waited long do not end up asking in step.
 */
const FIRST_MS = 1_000;
const LONGEST_MS = 20_000;
const ASK_MS = 5_000;
const ACK_MS = 400;
const ACK_SPREAD_MS = 1_600;
const RECEIPT_MS = 100;

const spread = (ms) => ms * (0.5 + Math.random());

/** Milliseconds before the next try, after so many that failed (from 0): 0.5 to 30 seconds. */
export const retryWait = (failed) => spread(Math.min(FIRST_MS * 2 ** failed, LONGEST_MS));

/** Milliseconds before the feed is asked by HTTP while the socket is away: 2.5 to 30 seconds. */
export const askWait = (failed) => spread(Math.min(ASK_MS * 2 ** failed, LONGEST_MS));

/** Milliseconds before a page says how far it has come: one change reaches all pages in one moment. */
export const ackWait = () => ACK_MS + ACK_SPREAD_MS * Math.random();

/** The same where the other side waits to see that something reached this one. */
export const receiptWait = () => RECEIPT_MS * Math.random();
