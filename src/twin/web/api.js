// Talks to the twin's HTTP interface. Errors become Error with the interface's own message and field.

export class ApiError extends Error {
  constructor(message, field) {
    super(message);
    this.field = field;
  }
}

const answer = async (response) => {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(body.message ?? `HTTP ${response.status}`, body.field);
  return body;
};

export const get = async (path) => answer(await fetch(path));

/** JSON in, JSON out. `body` undefined sends none. */
export const send = async (method, path, body) =>
  answer(
    await fetch(
      path,
      body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    ),
  );

/** A Blob with its own type. */
export const sendBlob = async (method, path, blob) =>
  answer(await fetch(path, { method, headers: { 'content-type': blob.type }, body: blob }));

/** Base64 of a Blob, without the data URL's head. */
export const base64Of = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
