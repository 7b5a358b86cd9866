// The traffic of one port, beside the table of ports.
import { h, render, $ } from '../base/html.js';
import { t } from '../base/texts.js';
import { chart } from '../parts/chart.js';
import { hasSeries, load, pictureOf } from '../parts/series.js';

const HOURS = 24;

// show(port) draws it; nothing where there is no port.
export function trafficCard(card, state, signal) {
  let shown = null, drawn = null, at = 0;
  signal.addEventListener('abort', () => drawn?.destroy(), { once: true });

  const ask = async port => {
    const to = Date.now() / 1000, from = to - HOURS * 3600;
    const subject = { object: `${state.name}:${port.name}`, series: 'traffic' };
    let answer = null;
    try {
      if (hasSeries(state.device)) answer = await load(subject, { from, to, points: 300, signal });
    } catch { /* nothing to draw */ }
    if (signal.aborted || shown !== port.name) return;
    const host = $('.traffic-plot', card);
    if (!answer) {
      drawn?.destroy();
      drawn = null;
      render(host, h`<p class="dimmer">${t('device.noseries')}</p>`);
      return;
    }
    const p = pictureOf(answer, 'traffic');
    const spec = { name: `${subject.object} ${t('load')}`, from, to, x: p.x, unit: p.unit, ceiling: p.ceiling, small: true,
                   gaps: p.gaps.map(g => ({ ...g, text: '' })), curves: p.curves.map(c => ({ ...c, label: t(c.label) })) };
    if (drawn) drawn.set(spec);
    else drawn = chart(host, spec);
  };

  return {
    show(port) {
      card.hidden = !port;
      if (!port) return;
      const fresh = shown === port.name && Date.now() - at < 60000;
      shown = port.name;
      render(card, h`<div class="bar-h line"><h3 class="cut" title="${port.name}">${port.name} · ${t('load')} ${t('span.24h')}</h3><span class="grow"></span><a class="link small" href="/graphs?s=${encodeURIComponent(state.name + ':' + port.name + '/traffic').replace(/%3A/g, ':').replace(/%2F/g, '/')}">${t('nav.graphs')}</a></div>
        <div class="traffic-plot" data-keep></div>`);
      if (fresh) return;
      at = Date.now();
      ask(port);
    },
  };
}
