// Reads what changes on the panel (multipart, PNG and JPEG) and draws it. What came meanwhile and is covered by something newer is skipped.

const HEAD_END = '\r\n\r\n';
const latin = new TextDecoder('latin1');

const join = (a, b) => {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
};

const field = (head, name) => new RegExp(`${name}: ([^\\r]+)`).exec(head)?.[1];

/** Takes every whole part out of `bytes`; answers the parts and the rest. */
const takeParts = (bytes) => {
  const parts = [];
  let rest = bytes;
  for (;;) {
    const head = latin.decode(rest.subarray(0, 300));
    const end = head.indexOf(HEAD_END);
    const length = Number(field(head, 'Content-Length') ?? Number.NaN);
    if (end < 0 || Number.isNaN(length)) return { parts, rest };
    const from = end + HEAD_END.length;
    if (rest.length < from + length + 2) return { parts, rest };
    const [x = 0, y = 0] = (field(head, 'X-Place') ?? '').split(',').map(Number);
    parts.push({ x, y, picture: new Blob([rest.slice(from, from + length)], { type: field(head, 'Content-Type') }) });
    rest = rest.subarray(from + length + 2);
  }
};

const covers = (over, under) =>
  over.x <= under.x &&
  over.y <= under.y &&
  over.x + over.bitmap.width >= under.x + under.bitmap.width &&
  over.y + over.bitmap.height >= under.y + under.bitmap.height;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Draws onto `canvas` for ever, joining again after a break. `onDrawn` is called after each picture. */
export const showPanel = async (canvas, onDrawn) => {
  const context = canvas.getContext('2d', { alpha: false });
  let waiting = [];
  let drawing = false;
  const draw = async () => {
    if (drawing) return;
    drawing = true;
    try {
      while (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        const parts = await Promise.all(batch.map(async (part) => ({ ...part, bitmap: await createImageBitmap(part.picture) })));
        const needed = parts.filter((part, at) => !parts.slice(at + 1).some((later) => covers(later, part)));
        for (const { whole, bitmap, x, y } of needed) {
          if (whole && canvas.width !== bitmap.width) canvas.width = bitmap.width;
          if (whole && canvas.height !== bitmap.height) canvas.height = bitmap.height;
          context.drawImage(bitmap, x, y);
        }
        for (const { bitmap } of parts) bitmap.close();
        onDrawn();
      }
    } finally {
      drawing = false;
    }
  };
  for (;;) {
    try {
      const reader = (await fetch('/api/stream')).body.getReader();
      // A part that cannot be drawn leaves a hole: begin again with the whole panel.
      const again = () => reader.cancel();
      let bytes = new Uint8Array(0);
      let whole = true;
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const { parts, rest } = takeParts(bytes.length === 0 ? value : join(bytes, value));
        bytes = rest;
        for (const part of parts) {
          waiting.push({ ...part, whole });
          whole = false;
        }
        draw().catch(again);
      }
    } catch {
      // The twin stopped or starts again: join again below.
    }
    await pause(1000);
  }
};
