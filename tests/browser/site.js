// What a test asks of a page of the site.
window.site = (() => {
  const all = (selector, within = document) =>
    [...within.querySelectorAll(selector)];
  const texts = () => {
    const walker = document.createTreeWalker(
      document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!parent.closest("script, style, pre, code, mjx-assistive-mml")) {
        found.push(walker.currentNode.data);
      }
    }
    return found;
  };

  return {
    isSet: () => document.readyState === "complete"
      && all(".math").every((m) => m.querySelector("mjx-container")),
    settled: () => window.MathJax?.startup?.promise.then(() => true),
    formulas: () =>
      texts().concat(all("mjx-merror, [data-mjx-error]").map(
        (error) => error.dataset.mjxError ?? error.textContent))
        .filter((text) => /\$|\\[a-zA-Z([]|misplaced|undefined control/i
          .test(text))
        .map((text) => text.trim().slice(0, 60)),
    wide: () => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth
        ? [`${scrollWidth} of ${clientWidth} px`] : [];
    },
    players: () => all(".player").map((player) => player.id),
    showPlayer: (id) => document.getElementById(id).scrollIntoView(),
    player: (id) => {
      const player = document.getElementById(id);
      const image = player.querySelector("img");
      return {
        picture: image.src,
        words: image.alt,
        controls: all("input, select", player).map((control) => ({
          id: control.id,
          kind: control.type,
          label: control.labels[0]?.textContent ?? "",
          value: control.value,
          last: control.max || control.options.length - 1,
          spoken: control.getAttribute("aria-valuetext"),
        })),
      };
    },
    place: () => location.href,
    moving: () =>
      all("*").filter((element) => {
        const { transitionDuration, animationName, scrollBehavior } =
          getComputedStyle(element);
        return animationName !== "none" || scrollBehavior === "smooth"
          || transitionDuration.split(", ").some((time) => time !== "0s");
      }).length,
    found: () => all("#search-results li").map((item) => item.innerText),
  };
})();
