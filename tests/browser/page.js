// What a test asks of any page, a deck's or one of the site.
window.probe = (() => {
  const all = (selector, within = document) =>
    [...within.querySelectorAll(selector)];

  return {
    all,
    texts: (within, apart = "script, style") => {
      const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
      const found = [];
      while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.data.trim() && !node.parentElement.closest(apart)) {
          found.push(node);
        }
      }
      return found;
    },
    // TeX that was left as it is, or that MathJax could not read.
    rawFormulas: (nodes) =>
      nodes.map((node) => node.data)
        .concat(all("mjx-merror, [data-mjx-error]").map(
          (error) => error.dataset.mjxError ?? error.textContent))
        .filter((text) => /\$|\\[a-zA-Z([]|misplaced|undefined control/i
          .test(text))
        .map((text) => text.trim().slice(0, 60)),
    players: () => all(".player").map((player) => player.id),
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
    moving: () =>
      all("*").filter((element) => {
        const { transitionDuration, animationName, scrollBehavior } =
          getComputedStyle(element);
        return animationName !== "none" || scrollBehavior === "smooth"
          || transitionDuration.split(", ").some((time) => time !== "0s");
      }).length,
  };
})();
