// Every text stands in all languages, and every key that is used is there.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WEB, web } from './web.js';

const LANGUAGES = ['en', 'zh', 'ja'];
const texts = Object.fromEntries(await Promise.all(LANGUAGES.map(async l => [l, (await web(`texts/${l}.js`)).default])));
const whole = text => typeof text === 'string' ? text : Object.values(text).join(' ');
const places = text => [...new Set(whole(text).match(/\{\w+\}/g) || [])].sort();

function sources(folder) {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return ['vendor', 'texts', 'icons'].includes(name) ? [] : sources(path);
    return name.endsWith('.js') ? [path] : [];
  });
}
const code = sources(WEB).map(path => [path.slice(WEB.length + 1), readFileSync(path, 'utf8')]);

for (const l of ['zh', 'ja']) {
  test(`${l} has the keys of en, no more and no less`, () => {
    assert.deepEqual(Object.keys(texts[l]).sort(), Object.keys(texts.en).sort());
  });
  test(`${l} puts in what en puts in`, () => {
    for (const [key, text] of Object.entries(texts.en))
      for (const place of places(texts[l][key])) assert.ok(places(text).includes(place), `${l} ${key}: ${place} is not of the English text`);
  });
}

test('no key is written twice in a catalogue', () => {
  for (const l of LANGUAGES) {
    const keys = [...readFileSync(join(WEB, 'texts', l + '.js'), 'utf8').matchAll(/^\s*'([^']+)':/gm)].map(m => m[1]);
    assert.deepEqual(keys.filter((k, i) => keys.indexOf(k) !== i), [], l);
  }
});

test('no text is empty or has blanks at its ends', () => {
  for (const l of LANGUAGES)
    for (const [key, text] of Object.entries(texts[l]))
      for (const form of typeof text === 'string' ? [text] : Object.values(text)) {
        assert.ok(form !== '', `${l} ${key}`);
        if (key !== 'separator') assert.equal(form, form.trim(), `${l} ${key}`);
      }
});

test('every key that is asked for by name is there', () => {
  const lost = [];
  for (const [path, text] of code)
    for (const [, key] of text.matchAll(/\bt\('([\w.-]+)'\s*[,)]/g)) if (!(key in texts.en)) lost.push(`${path}: ${key}`);
  assert.deepEqual(lost, []);
});

test('every beginning of keys that code completes has some', () => {
  const keys = Object.keys(texts.en), lost = [];
  for (const [path, text] of code)
    for (const [, start] of text.matchAll(/\bt\(['`]([\w.-]+\.)(?:'\s*\+|\$\{)/g)) if (!keys.some(k => k.startsWith(start))) lost.push(`${path}: ${start}`);
  assert.deepEqual(lost, []);
});

test('names of keys on the keyboard are texts', () => {
  const lost = [];
  for (const [path, text] of code)
    for (const [, key] of text.matchAll(/['"]((?:keys|nav)\.[\w.]+)['"]/g)) if (!(key in texts.en) && !key.endsWith('.')) lost.push(`${path}: ${key}`);
  assert.deepEqual(lost, []);
});

test('plural forms are those of the language', () => {
  for (const [key, text] of Object.entries(texts.en))
    if (typeof text === 'object') assert.deepEqual(Object.keys(text).sort(), ['one', 'other'], key);
  for (const l of ['zh', 'ja'])
    for (const [key, text] of Object.entries(texts[l])) if (typeof text === 'object') assert.ok('other' in text, `${l} ${key}`);
});
