// The page's side of the JSON interface. A refusal becomes an ApiError with code, message, field, and fields: every wrong one with its message.

export class ApiError extends Error {
  constructor(status, { code, message, field, fields }) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
    this.fields = fields ?? (field === undefined ? {} : { [field]: message });
  }
}

const UNREACHABLE = {
  code: 'terminal/unreachable',
  message: 'この端末の中で通信できません。少し待ってからもう一度お試しください。続くときは、端末を再起動してください',
};

const call = async (method, path, body, byItself = false) => {
  const init = { method, credentials: 'same-origin', headers: byItself ? { 'x-by-itself': '1' } : {} };
  if (body !== undefined)
    Object.assign(init, { headers: { ...init.headers, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const response = await fetch(path, init).catch(() => {
    throw new ApiError(0, UNREACHABLE);
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const refusal = new ApiError(response.status, { code: 'terminal/unknown', message: 'もう一度お試しください', ...answer });
  if (response.status === 401 && refusal.code !== 'session/wrong-password') {
    document.dispatchEvent(new CustomEvent('session-ended', { detail: refusal }));
  }
  throw refusal;
};

/** `byItself`: nobody asked for it, so that it must not start the 30 minutes again (G4). */
export const get = (path, byItself) => call('GET', path, undefined, byItself);
export const del = (path) => call('DELETE', path);
export const post = (path, body, byItself) => call('POST', path, body, byItself);
