window.MathJax = {
  tex: { inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]], tags: "none",
         processEscapes: true },
  // The window of the notes gets copies of formulas: each must be complete.
  svg: { fontCache: "local" },
  options: {
    // A menu would make every formula a stop of the Tab key.
    enableMenu: false,
    skipHtmlTags: ["script", "noscript", "style", "textarea", "pre", "code"],
  },
  startup: { typeset: false },
};
