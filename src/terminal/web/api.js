// The page's side of the JSON interface. A refusal becomes an ApiError with code, message and field.

export class ApiError extends Error {
  constructor(status, { code, message, field }) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

const UNREACHABLE = { code: 'terminal/unreachable', message: '端末のプログラムにつながりません。動いているか確かめてください' };

const call = async (method, path, body) => {
  const init = { method, credentials: 'same-origin' };
  if (body !== undefined) Object.assign(init, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
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

export const get = (path) => call('GET', path);
export const del = (path) => call('DELETE', path);
export const post = (path, body) => call('POST', path, body);
