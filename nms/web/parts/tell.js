// A sound and a notice of the desktop for new causes, where a person wants them: kept by this browser, off until then.
import { live } from '../base/live.js';
import { go } from '../base/route.js';
import { t } from '../base/texts.js';
import { headline, objectText } from './alert.js';
import { stateWord } from './mark.js';
import { say } from './toast.js';

const TOLD_MAX = 500, FRESH_MS = 120000;
const TONES = { critical: [880, 660, 880, 660], major: [660, 550], minor: [550], warning: [440] };

const kept = (name) => { try { return localStorage.getItem(`portolan.tell.${name}`) === 'on'; } catch { return false; } };
const keep = (name, wanted) => { try { localStorage.setItem(`portolan.tell.${name}`, wanted ? 'on' : 'off'); } catch { /* not kept */ } };

let audio = null;

/* Short tones, the more the worse. */
export function sound(severity) {
  try {
    audio ??= new AudioContext();
    audio.resume();
    (TONES[severity] ?? TONES.warning).forEach((hz, i) => {
      const tone = audio.createOscillator(), loud = audio.createGain(), at = audio.currentTime + i * 0.16;
      tone.frequency.value = hz;
      loud.gain.setValueAtTime(0.0001, at);
      loud.gain.exponentialRampToValueAtTime(0.18, at + 0.015);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.14);
      tone.connect(loud).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.15);
    });
  } catch { /* no sound on this machine */ }
}

function notice(a) {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  const shown = new Notification(`${stateWord(a.severity)}: ${objectText(a)}`, { body: headline(a), tag: `alert-${a.id}`, icon: '/icons/kind/station.svg', lang: document.documentElement.lang });
  shown.onclick = () => { focus(); go(`/alerts?sel=${a.id}`); shown.close(); };
}

async function want(name) {
  const wanted = !kept(name);
  if (name === 'notice' && wanted) {
    const answer = 'Notification' in window ? await Notification.requestPermission() : 'denied';
    if (answer !== 'granted') { say(t('tell.denied'), { kind: 'trouble' }); return; }
  }
  keep(name, wanted);
  if (name === 'sound' && wanted) sound('major');
}

/* For a menu. */
export const tellItems = () => ['sound', 'notice'].map((name) => ({ label: t(`tell.${name}`), checked: kept(name), alone: true, act: () => want(name) }));

const told = new Set();

/* Once per cause, and only while it is new: nothing is told of what was there before. */
function hear(a) {
  if (a.state !== 'active' || a.cause > 0 || a.silence > 0 || a.acknowledged || told.has(a.id)) return;
  told.add(a.id);
  if (told.size > TOLD_MAX) told.delete(told.values().next().value);
  if (Date.now() - Date.parse(a.raised) > FRESH_MS) return;
  if (kept('sound')) sound(a.severity);
  if (kept('notice')) notice(a);
}

live.on('alert', hear);
