// Texts in the language of the reader. A catalogue is {key: text}; {name} in a
// text is replaced, numbers by the language's custom; a text with forms {one, other} is chosen by values.n.
export const LANGUAGES = { en: 'English', zh: '中文', ja: '日本語' };

let language = 'en', catalogue = {}, plural = new Intl.PluralRules('en'), figures = new Intl.NumberFormat('en');

export const lang = () => language;

// Makes a catalogue the one in use.
export function use(code, texts) {
  language = code;
  catalogue = texts;
  plural = new Intl.PluralRules(code);
  figures = new Intl.NumberFormat(code);
}

export async function loadTexts(code) {
  const known = code in LANGUAGES ? code : 'en';
  use(known, (await import(`/texts/${known}.js`)).default);
  document.documentElement.lang = known;
}

// Keeps the choice in this browser and loads it; who keeps it with the person
// and draws anew is the caller.
export async function setLang(code) {
  await loadTexts(code);
  try { localStorage.setItem('portolan.language', language); } catch { /* not kept */ }
}

export const hasText = key => key in catalogue;

export function t(key, values = {}) {
  let text = catalogue[key];
  if (text === undefined) return key;
  if (typeof text === 'object') {
    const n = Number(values.n);
    text = text[plural.select(n)] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined || value === null ? whole : typeof value === 'number' ? figures.format(value) : value;
  });
}
