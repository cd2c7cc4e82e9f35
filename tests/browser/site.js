// What a test asks of a page of the site, beside what stands in page.js.
Object.assign(window.probe, (() => {
  const { all, texts, rawFormulas } = window.probe;
  const APART = "script, style, pre, code, mjx-assistive-mml";

  return {
    isSet: () => document.readyState === "complete"
      && all(".math").every((m) => m.querySelector("mjx-container")),
    settled: () => window.MathJax?.startup?.promise.then(() => true),
    formulas: () => rawFormulas(texts(document.querySelector("main"), APART)),
    wide: () => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth
        ? [`${scrollWidth} of ${clientWidth} px`] : [];
    },
    showPlayer: (id) => document.getElementById(id).scrollIntoView(),
    place: () => location.href,
    found: () => all("#search-results li").map((item) => item.innerText),
  };
})());
