// The station's API as the page uses it: JSON in, JSON out, trouble as Problem.
const ROOT = '/api/v1/';

// "no such device" as a sentence.
const sentence = text => {
  const s = String(text ?? '').trim();
  // What begins with no word is a form to write after, and stays as it is.
  return !/^[\p{L}\d']+[ ,;]/u.test(s) ? s : s[0].toUpperCase() + s.slice(1) + (/[.!?。！？…]$/.test(s) ? '' : '.');
};

// What the station says went wrong, after RFC 9457: status (0: no answer at
// all), title, detail, remedy, and whatever else it told.
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail || body.title || 'HTTP ' + status);
    Object.assign(this, body);
    this.status = status;
    this.detail = sentence(body.detail || body.title);
    this.remedy = sentence(body.remedy);
  }
}

// What happens on 401, once: set by the session.
let refused = () => {};
export const onRefused = fn => { refused = fn; };

const problemOf = async answer => {
  let body = {};
  try { body = await answer.json(); } catch { /* not JSON: the status tells */ }
  return new Problem(answer.status, body);
};

async function ask(method, path, { body, signal, headers = {}, type, quiet } = {}) {
  const options = { method, signal, headers: { Accept: 'application/json', ...headers },
                    credentials: 'same-origin', cache: 'no-store' };
  if (method !== 'GET') options.headers['X-Portolan'] = 'page';
  if (body !== undefined && type) {
    options.body = body;
    options.headers['Content-Type'] = type;
  } else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['Content-Type'] = 'application/json';
  }
  let answer;
  try {
    answer = await fetch(path.startsWith('/') ? path : ROOT + path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { title: 'No contact with the station' });
  }
  if (answer.ok || answer.status === 304) return answer;
  const problem = await problemOf(answer);
  if (answer.status === 401 && !quiet) refused();
  if (answer.status === 403 && problem.must_change && !quiet) refused(problem);
  throw problem;
}

async function json(answer) {
  if (answer.status === 204) return null;
  const text = await answer.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(answer.status, { title: 'The answer is not JSON' });
  }
}

export const api = {
  get: async (path, options) => json(await ask('GET', path, options)),
  post: async (path, body = {}, options) => json(await ask('POST', path, { ...options, body })),
  patch: async (path, body, options) => json(await ask('PATCH', path, { ...options, body })),
  del: async (path, body, options) => json(await ask('DELETE', path, { ...options, body })),
  // A document as it is: path, text or Blob, its media type.
  send: async (path, body, type, options) => json(await ask('POST', path, { ...options, body, type })),
  text: async (path, options) => (await ask('GET', path, options)).text(),
  // Asks only for what changed since etag: {value, etag, changed}.
  getTagged: async (path, etag, options = {}) => {
    const headers = etag ? { 'If-None-Match': etag } : {};
    const answer = await ask('GET', path, { ...options, headers });
    if (answer.status === 304) return { value: null, etag, changed: false };
    return { value: await json(answer), etag: answer.headers.get('ETag'), changed: true };
  },
};

// A segment of a path: names of devices and maps may hold anything.
export const seg = encodeURIComponent;

// 'devices' with {q: 'x', limit: null} as 'devices?q=x'.
export function withQuery(path, values) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== null && one !== undefined && one !== '') query.append(key, one);
  const text = query.toString();
  return text ? path + (path.includes('?') ? '&' : '?') + text : path;
}
