// Runs before the first paint, so that a chosen theme or language does not flash the other one.
(function boot() {
  try {
    const { dataset } = document.documentElement;
    const theme = localStorage.getItem('hanse.theme');
    if (theme === 'light' || theme === 'dark') dataset.theme = theme;
    const language = localStorage.getItem('hanse.language') ?? navigator.language;
    document.documentElement.lang = language.startsWith('zh') ? 'zh-CN' : 'en';
  } catch {
    // Storage may be forbidden; the system's theme and language serve.
  }
})();
