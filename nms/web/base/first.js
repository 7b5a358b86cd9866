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
})();
