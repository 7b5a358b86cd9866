// Runs before anything is drawn, so that a page never flashes in the wrong
// theme, density or language. What a person chose here is kept by the browser.
(() => {
  const root = document.documentElement;
  const kept = name => {
    try { return localStorage.getItem('portolan.' + name); } catch { return null; }
  };
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const spoken = (navigator.languages || [navigator.language || 'en'])
    .map(l => l.slice(0, 2)).find(l => ['en', 'zh', 'ja'].includes(l));

  root.dataset.theme = kept('theme') || (dark ? 'dark' : 'light');
  root.lang = kept('language') || spoken || 'en';
  if (kept('density')) root.dataset.density = kept('density');

  // What is asked for at once, and not for each when it was met: texts, and the
  // map's modules where the address leads to one (etc/setup/web-ahead).
  const ahead = (rel, href) => document.head.append(Object.assign(document.createElement('link'), { rel, href }));
  ahead('modulepreload', `/texts/${root.lang}.js`);
  if (/^\/(maps\/.*)?$/.test(location.pathname) && kept('signed') === 'in') {
    ahead('stylesheet', '/style/map.css');
    for (const path of document.querySelector('meta[name=map-modules]').content.split(' ')) if (path) ahead('modulepreload', path);
  }
})();
