// Reads the live panel (multipart PNG) and draws the newest picture. Pictures that come faster than they can be drawn are skipped.

const HEAD_END = '\r\n\r\n';
const latin = new TextDecoder('latin1');

const join = (a, b) => {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
};

/** Takes every whole part out of `bytes`; answers the last part's picture and the rest. */
const takeParts = (bytes) => {
  let picture;
  let rest = bytes;
  for (;;) {
    const head = latin.decode(rest.subarray(0, 300));
    const end = head.indexOf(HEAD_END);
    const length = Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? Number.NaN);
    if (end < 0 || Number.isNaN(length)) return { picture, rest };
    const from = end + HEAD_END.length;
    if (rest.length < from + length + 2) return { picture, rest };
    picture = rest.slice(from, from + length);
    rest = rest.subarray(from + length + 2);
  }
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Draws onto `canvas` for ever, joining again after a break. `onDrawn` is called after each picture. */
export const showPanel = async (canvas, onDrawn) => {
  const context = canvas.getContext('2d', { alpha: false });
  let next;
  let drawing = false;
  const draw = async () => {
    if (drawing) return;
    drawing = true;
    while (next) {
      const bytes = next;
      next = undefined;
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
      if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
      context.drawImage(bitmap, 0, 0);
      bitmap.close();
      onDrawn();
    }
    drawing = false;
  };
  for (;;) {
    try {
      const reader = (await fetch('/api/stream')).body.getReader();
      let bytes = new Uint8Array(0);
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const { picture, rest } = takeParts(bytes.length === 0 ? value : join(bytes, value));
        bytes = rest;
        if (picture) {
          next = picture;
          void draw();
        }
      }
    } catch {
      // The twin stopped or starts again: join again below.
    }
    await pause(1000);
  }
};
